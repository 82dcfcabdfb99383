import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { CommonConfig } from './common-config.ts';
import { startTracing } from './tracing.ts';

/** At the end of a process, telling the last of it takes no longer than this. */
const FLUSH_WITHIN_MS = 5_000;

/**
 * Starts what a process tells about itself, as its configuration says. Disposing of it tells the rest, within bounds,
 * and does not fail.
 * @param service what kind of process it is: `edge`.
 */
export function startTelemetry(config: CommonConfig, service: string, logger: Logger): AsyncDisposable {
  const parts = [startTracing(config, service, logger)];
  return {
    async [Symbol.asyncDispose]() {
      const told = Promise.allSettled(parts.map((part) => part[Symbol.asyncDispose]()));
      await Promise.race([told, delay(FLUSH_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}
