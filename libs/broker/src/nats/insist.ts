import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MS = 100;

/**
 * Tries until it works: a cluster that has just come up, or a stream that was just made, refuses for a moment what it
 * will do a second later.
 * @param withinMs after this long the last error is thrown.
 */
export async function insist<Result>(withinMs: number, attempt: () => Promise<Result>): Promise<Result> {
  const until = performance.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    await pause(PAUSE_MS);
  }
}
