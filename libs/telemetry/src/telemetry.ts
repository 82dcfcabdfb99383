import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { CommonConfig } from './common-config.ts';
import { startMetrics, type Metrics } from './metrics.ts';
import { startTracing } from './tracing.ts';

/** At the end of a process, telling the last of it takes no longer than this. */
const FLUSH_WITHIN_MS = 5_000;

/**
 * Starts what a process tells about itself, as its configuration says; rejects if the port for its metrics cannot be
 * had. Disposing of it tells the rest, within bounds, and does not fail.
 * @param service what kind of process it is: `edge`.
 */
export async function startTelemetry(
  config: CommonConfig,
  service: string,
  logger: Logger,
): Promise<Metrics> {
  const metrics = await startMetrics(config, service, logger);
  const parts = [startTracing(config, service, logger), metrics];
  return {
    status: () => metrics.status(),
    async [Symbol.asyncDispose]() {
      const told = Promise.allSettled(parts.map((part) => part[Symbol.asyncDispose]()));
      await Promise.race([told, delay(FLUSH_WITHIN_MS, undefined, { ref: false })]);
    },
  };
}
