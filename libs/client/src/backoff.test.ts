// Goal: pauses grow, are bounded, and spread evenly. Method: the pure function over all levels and chances.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { pauseMs } from './backoff.ts';

test('level 0 is at once', () => {
  expect(pauseMs({ baseMs: 100, maxMs: 1_000 }, 0, 0.999)).toBe(0);
});

test('every pause lies between 0 and a bound that doubles with the level up to the maximum', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), random, (level, chance) => {
      const pause = pauseMs({ baseMs: 100, maxMs: 1_000 }, level, chance);
      const bound = Math.min(1_000, 100 * 2 ** (level - 1));
      expect(pause).toBeGreaterThanOrEqual(0);
      expect(pause).toBeLessThan(bound);
      expect(pause).toBe(Math.floor(chance * bound));
    }),
  );
});
