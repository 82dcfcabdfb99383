import { expect, test } from 'vitest';
import { isAtLeast, parseVersion } from './version.mjs';

test('a version is found in what programs and package archives print', () => {
  // Goal: one reading for nats-server, Node, Chromium and Debian's versions. Method: texts as they were printed.
  expect(parseVersion('nats-server: v2.15.1\n')).toEqual([2, 15, 1]);
  expect(parseVersion('v24.21.0')).toEqual([24, 21, 0]);
  expect(parseVersion('1:2.9.10-1+b2')).toEqual([2, 9, 10]);
  expect(parseVersion('2.14-rc1')).toEqual([2, 14, 0]);
  expect(parseVersion('no version here')).toBeUndefined();
});

test('versions are compared number by number, not as text', () => {
  // Goal: 2.9 is older than 2.14. Method: pairs on both sides of the limit.
  expect(isAtLeast([2, 9, 10], [2, 14])).toBe(false);
  expect(isAtLeast([2, 13, 99], [2, 14])).toBe(false);
  expect(isAtLeast([2, 14, 0], [2, 14])).toBe(true);
  expect(isAtLeast([2, 15, 1], [2, 14])).toBe(true);
  expect(isAtLeast([24], [24, 0, 0])).toBe(true);
  expect(isAtLeast([3], [2, 14])).toBe(true);
});
