import { expect, test } from 'vitest';
import { Arrivals } from './arrivals.ts';

function taken(arrivals: Arrivals, untilMs: number): number[] {
  const due: number[] = [];
  while (arrivals.nextMs < untilMs) due.push(arrivals.take());
  return due;
}

test('arrivals come at their rate, in order', () => {
  // Goal: the offered load is what the report says. Method: a hundred seconds at 1,000 a second; three standard deviations.
  const due = taken(new Arrivals(1_000, 7), 100_000);
  expect(Math.abs(due.length - 100_000)).toBeLessThan(3 * Math.sqrt(100_000));
  expect(due).toEqual(due.toSorted((a, b) => a - b));
});

test('arrivals are as irregular as a Poisson process is', () => {
  // Goal: a load without bunches would flatter every system. Method: the variance of the counts of each 10 ms is their mean.
  const counts = Array.from({ length: 10_000 }, () => 0);
  for (const dueMs of taken(new Arrivals(1_000, 3), 100_000)) {
    const slot = Math.floor(dueMs / 10);
    counts[slot] = (counts[slot] ?? 0) + 1;
  }
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length;
  expect(variance / mean).toBeGreaterThan(0.9);
  expect(variance / mean).toBeLessThan(1.1);
});

test('a seed brings the same arrivals again, another one does not', () => {
  // Goal: systems are offered the same load. Method: two of one seed and one of another.
  const [one, again, other] = [5, 5, 6].map((seed) => taken(new Arrivals(5_000, seed), 200));
  expect(again).toEqual(one);
  expect(other).not.toEqual(one);
});
