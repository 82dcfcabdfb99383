import { expect, test } from 'vitest';
import { drift, type Reading } from './drift.ts';

test('what grows is told from what only comes and goes', () => {
  // Goal: the judge of the soak is right. Method: lines, saws, and a leak under a saw.
  const readings = (valueAt: (n: number) => number): Reading[] =>
    Array.from({ length: 101 }, (_, n) => [n * 1_000, valueAt(n)] as const);
  const saw = (n: number) => (n % 10) * 5;
  expect(drift(readings(() => 7))).toBe(0);
  expect(drift(readings((n) => n))).toBeCloseTo(100);
  expect(Math.abs(drift(readings(saw)))).toBeLessThan(5);
  expect(Math.abs(drift(readings((n) => saw(n) + n)) - 100)).toBeLessThan(5);
  expect(drift([[0, 1]])).toBe(0);
});
