/** A process that lived this long was healthy: its end is an accident, not a crash loop. */
export const healthyMs = 10_000;

const firstDelayMs = 250;
const longestDelayMs = 10_000;

/**
 * How long to wait before a process that ended is started again: at once after an accident, ever longer while it keeps crashing.
 *
 * @param livedMs how long it lived, in milliseconds
 * @param previousDelayMs the wait before that life; undefined for the first one
 */
export function restartDelayMs(livedMs: number, previousDelayMs: number | undefined): number {
  if (livedMs >= healthyMs || previousDelayMs === undefined) return firstDelayMs;
  return Math.min(previousDelayMs * 2, longestDelayMs);
}
