import { expect, test } from 'vitest';
import { nestsDeeperThan } from './nesting.ts';

test('nesting is counted, and what nests without end is not followed', () => {
  // Goal: a limit that holds against what would break a naive walk. Method: values around the limit, and far past it.
  const deep = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
  expect([1, 'a', null, undefined].map((value) => nestsDeeperThan(value, 0))).not.toContain(true);
  expect(nestsDeeperThan({ a: { b: [1] } }, 3)).toBe(false);
  expect(nestsDeeperThan({ a: { b: [1] } }, 2)).toBe(true);
  expect(nestsDeeperThan(deep(100), 100)).toBe(false);
  expect(nestsDeeperThan(deep(101), 100)).toBe(true);
  expect(nestsDeeperThan(deep(100_000), 100)).toBe(true);
});
