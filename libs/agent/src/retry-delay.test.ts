import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { RETRY_BASE_MS, RETRY_MAX_MS, retryDelayMs } from './retry-delay.ts';

test('a delay is a share of a bound that doubles with each attempt, up to the longest', () => {
  // Goal: full jitter within bounds, for any attempt.
  // Method: property.
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempt, random) => {
        const bound = Math.min(RETRY_MAX_MS, RETRY_BASE_MS * 2 ** (attempt - 1));
        const delay = retryDelayMs(attempt, random);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(bound * random);
        expect(delay).toBeGreaterThan(bound * random - 1);
      },
    ),
  );
});
