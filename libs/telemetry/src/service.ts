/*
 * A service's life:
 *
 *            start() resolves            signal, or the parent is gone
 *   starting ────────────────▶ serving ────────────────▶ stopping ──▶ exit 0
 *      │  └──── signal: start()'s AbortSignal ────────────▶ ↑  │
 *      └─ start() rejects: one fatal line, exit 1              └─ second signal, or too long: exit 1 at once
 */
import { ConfigError, type Environment } from './config.ts';
import { createLogger } from './logger.ts';

/** A stop that takes longer than this, in milliseconds, is cut short. */
const STOP_WITHIN_MS = 60_000;
/** A timer that does nothing: without it a process that holds no socket would end by itself. */
const KEEP_ALIVE_MS = 3_600_000;

export interface Birth {
  readonly env: Environment;
  /** Aborts when the process is told to stop, also while it still starts. */
  readonly signal: AbortSignal;
}

/**
 * Runs a service as this process: `start` brings it up and returns it; SIGTERM, SIGINT or, with
 * `LONGSPAN_EXIT_WITH_PARENT=1`, the end of standard input disposes of it, which is to drain it, and ends the process
 * with code 0. A second signal ends the process at once. A bad configuration is one plain line on standard error, any
 * other failure one `fatal` log line; both end with code 1.
 */
export async function runService(
  name: string,
  start: (birth: Birth) => Promise<AsyncDisposable>,
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

  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('uncaughtException', (error) => fail(error, 'crashed'));
  if (process.env['LONGSPAN_EXIT_WITH_PARENT'] === '1') {
    process.stdin.on('error', () => undefined).once('close', () => stop('parent_gone'));
    process.stdin.resume();
  }

  setInterval(() => undefined, KEEP_ALIVE_MS);
  const starting = start({ env: process.env, signal: stopping.signal }).catch((error: unknown) =>
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
  logger.info(`${name}.stopped`);
  process.exit(0);
}
