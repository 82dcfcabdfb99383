/** The wait before the second attempt, at most, in milliseconds; it doubles from attempt to attempt. */
export const RETRY_BASE_MS = 1_000;
/** The longest wait between two attempts, in milliseconds. */
export const RETRY_MAX_MS = 30_000;

/**
 * How long to wait after the given attempt failed: full jitter, so that commands that failed together do not come
 * back together.
 * @param attempt 1 for the first.
 * @param random from [0, 1).
 */
export function retryDelayMs(attempt: number, random: number): number {
  return Math.floor(random * Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** Math.min(attempt - 1, 30)));
}
