import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';

const PAUSE_MS = 1_000;

/**
 * Does a step of a start that may have to wait for others, such as a cluster that is still electing: tries again for
 * as long as it fails with an error that calls itself `retryable`, and says so in the log. Any other error is thrown.
 * It ends when the process is told to stop (`runService`).
 * @param step names the step in the log: `ensure_topology`.
 */
export async function patiently<Result>(
  step: string,
  logger: Pick<Logger, 'warn'>,
  attempt: () => Promise<Result>,
  pauseMs = PAUSE_MS,
): Promise<Result> {
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!isRetryable(error)) throw error;
      logger.warn({ step, err: error }, 'start.waiting');
    }
    await sleep(pauseMs);
  }
}

function isRetryable(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === true;
}
