import type { Step } from './step.ts';

/** The longest recital: numbers or words. */
export const RECITAL_MAX = 5_000;

const COUNT = /^count (?:(?:up )?from (-?[0-9]{1,6}) )?(?:up )?to ([0-9]{1,7})$/i;
const WORDS = /^(?:write|stream|say|generate|recite|print)(?: me| out)? ([0-9]{1,7}) words\b/i;

/** Reads `count to 50` and `write 200 words`: streams of a length of one's choice. */
export function parseRecital(text: string): Step | undefined {
  const count = COUNT.exec(text);
  if (count) {
    const from = Number(count[1] ?? 1);
    return { kind: 'count', from, to: Math.min(Number(count[2]), from + RECITAL_MAX - 1) };
  }
  const words = WORDS.exec(text);
  return words ? { kind: 'words', count: Math.min(Number(words[1]), RECITAL_MAX) } : undefined;
}
