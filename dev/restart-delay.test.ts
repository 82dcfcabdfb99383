import { expect, test } from 'vitest';
import { healthyMs, restartDelayMs } from './restart-delay.ts';

test('an accident is repaired at once, a crash loop ever more slowly, up to a limit', () => {
  // Goal: a killed edge is back within a second, a broken one does not burn the machine. Method: follow a crash loop.
  const delays: number[] = [];
  for (let crash = 0; crash < 10; crash += 1) delays.push(restartDelayMs(100, delays.at(-1)));
  expect(delays[0]).toBeLessThan(1000);
  expect(delays).toEqual(delays.toSorted((a, b) => a - b));
  expect(delays.at(-1)).toBe(10_000);
  expect(restartDelayMs(healthyMs, 10_000)).toBe(delays[0]);
});
