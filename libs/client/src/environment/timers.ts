/** Timers beyond this fire at once, in browsers and in Node. */
const DELAY_MAX_MS = 2 ** 31 - 1;

/** A timer that can be called off. It may fire early when the delay is longer than 24 days. */
export function startTimer(delayMs: number, action: () => void): () => void {
  const timer = setTimeout(action, Math.min(Math.max(0, delayMs), DELAY_MAX_MS));
  return () => clearTimeout(timer);
}
