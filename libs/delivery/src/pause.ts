/** The first pause and the longest, in milliseconds. A replica that is behind is so by milliseconds, as a rule. */
const FIRST_MS = 4;
const LONGEST_MS = 500;

/**
 * How long to wait before the given attempt: nothing before attempt 0, then twice as long each time, with full jitter.
 * @param random uniform in [0, 1)
 */
export function pauseMs(attempt: number, random: number): number {
  if (attempt <= 0) return 0;
  return random * Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
}
