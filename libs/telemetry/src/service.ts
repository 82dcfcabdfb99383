/*
 * A service's life:
 *
 *            start() resolves            signal, or the parent is gone
 *   starting ────────────────▶ serving ────────────────▶ stopping ──▶ exit 0
 *      │  └──── signal: start()'s AbortSignal ────────────▶ ↑  │
 *      └─ start() rejects: one fatal line, exit 1              └─ second signal, or too long: exit 1 at once
 *
 * Telemetry starts before the service is made and ends, with what it still has to tell, after it.
 */
import type { ServiceStatus } from '@longspan/protocol';
import type { z } from 'zod';
import type { CommonConfig } from './common-config.ts';
import { ConfigError, readConfig } from './config.ts';
import { createLogger, type Logger } from './logger.ts';
import { startTelemetry } from './telemetry.ts';

/** A stop that takes longer than this, in milliseconds, is cut short. */
const STOP_WITHIN_MS = 60_000;
/** A timer that does nothing: without it a process that holds no socket would end by itself. */
const KEEP_ALIVE_MS = 3_600_000;

export interface Birth<Config extends CommonConfig> {
  readonly config: Config;
  readonly logger: Logger;
  /** How the process is at the moment of the call, its metrics included. */
  readonly status: () => Promise<ServiceStatus>;
  /** Aborts when the process is told to stop, also while it still starts. */
  readonly signal: AbortSignal;
}

/**
 * Runs a service as this process: reads its configuration, starts its telemetry, and has `start` bring it up. SIGTERM,
 * SIGINT or, with `LONGSPAN_EXIT_WITH_PARENT=1`, the end of standard input disposes of it, which is to drain it, and
 * ends the process with code 0. A second signal ends the process at once. A bad configuration is one plain line on
 * standard error, any other failure one `fatal` log line; both end with code 1.
 */
export async function runService<Config extends CommonConfig>(
  name: string,
  schema: z.ZodType<Config>,
  start: (birth: Birth<Config>) => Promise<AsyncDisposable>,
): Promise<void> {
  const logger = createLogger({ name: process.env['LONGSPAN_NAME'] ?? name, level: 'info' });
  const stopping = new AbortController();
  const stopped = new Promise<undefined>((resolve) =>
    stopping.signal.addEventListener('abort', () => resolve(undefined)),
  );

  const stop = (reason: string): void => {
    if (stopping.signal.aborted) {
      logger.warn({ reason }, `${name}.killed`);
      process.exit(1);
    }
    logger.info({ reason }, `${name}.stopping`);
    stopping.abort();
    setTimeout(() => {
      logger.fatal({ stopWithinMs: STOP_WITHIN_MS }, `${name}.stop_overdue`);
      process.exit(1);
    }, STOP_WITHIN_MS).unref();
  };
  const fail = (error: unknown, event: string): never => {
    if (error instanceof ConfigError) process.stderr.write(`${name}: ${error.message}\n`);
    else logger.fatal({ err: error }, `${name}.${event}`);
    process.exit(1);
  };

  const readOrFail = (): Config => {
    try {
      return readConfig(schema, process.env);
    } catch (error) {
      return fail(error, 'start_failed');
    }
  };

  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('uncaughtException', (error) => fail(error, 'crashed'));
  if (process.env['LONGSPAN_EXIT_WITH_PARENT'] === '1') {
    process.stdin.on('error', () => undefined).once('close', () => stop('parent_gone'));
    process.stdin.resume();
  }

  setInterval(() => undefined, KEEP_ALIVE_MS);
  const config = readOrFail();
  const serviceLogger = createLogger({ name: config.name, level: config.logLevel });
  const telemetry = await startTelemetry(config, name, serviceLogger).catch((error: unknown) =>
    fail(error, 'start_failed'),
  );
  const birth = { config, logger: serviceLogger, status: () => telemetry.status(), signal: stopping.signal };
  const starting = start(birth).catch((error: unknown) =>
    stopping.signal.aborted ? undefined : fail(error, 'start_failed'),
  );
  // Whoever is stopped while it waits for NATS has nothing to drain.
  const service = await Promise.race([starting, stopped]);
  await stopped;
  try {
    await service?.[Symbol.asyncDispose]();
  } catch (error) {
    fail(error, 'stop_failed');
  }
  await telemetry[Symbol.asyncDispose]();
  logger.info(`${name}.stopped`);
  process.exit(0);
}
