import { expect, test } from 'vitest';
import { pauseMs } from './pause.ts';

test('the first attempt does not wait', () => {
  expect(pauseMs(0, 0.99)).toBe(0);
});

test('each further attempt waits up to twice as long, and none longer than half a second', () => {
  const longest = [1, 2, 3, 7, 8, 1_000_000].map((attempt) => pauseMs(attempt, 1));
  expect(longest).toEqual([8, 16, 32, 500, 500, 500]);
});

test('chance decides on the whole pause', () => {
  expect([0, 0.25, 0.5].map((random) => pauseMs(3, random))).toEqual([0, 8, 16]);
});
