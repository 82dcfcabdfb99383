/** How long to wait between attempts, in milliseconds. */
export interface Backoff {
  /** The longest first pause. */
  readonly baseMs: number;
  /** The longest pause at all. */
  readonly maxMs: number;
}

/**
 * Short at first: a first pause spreads no crowd that the attempt before it, made at once, has not brought already, and whoever
 * is cut off twice in a row waits for it. Doubling is what protects.
 */
export const BACKOFF_DEFAULT: Backoff = { baseMs: 100, maxMs: 15_000 };

/**
 * The pause before an attempt: none at level 0, then anything between 0 and an upper bound that doubles with each
 * level ("full jitter": a crowd of clients spreads evenly, whatever made it a crowd).
 * @param random a number in [0, 1).
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function pauseMs(backoff: Backoff, level: number, random: number): number {
  if (level <= 0) return 0;
  return Math.floor(random * Math.min(backoff.maxMs, backoff.baseMs * 2 ** (level - 1)));
}
