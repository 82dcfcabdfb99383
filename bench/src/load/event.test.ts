import { expect, test } from 'vitest';
import { benchEvent } from './event.ts';

test('an event’s data has exactly the size that was asked for', () => {
  // Goal: all systems carry the same bytes, whatever the numbers in them. Method: numbers of many lengths.
  for (const n of [1, 99, 12_345, 10_000_000]) {
    for (const due of [0, 5, 1_234.5, 987_654_321.123_456]) {
      expect(JSON.stringify(benchEvent('user-7', n, due, 256).data)).toHaveLength(256);
    }
  }
});

test('an event too small for its own numbers is as small as they allow', () => {
  // Goal: a tiny size is no error. Method: one byte.
  expect(benchEvent('user-7', 3, 5, 1).data).toEqual({ n: 3, due: 5, pad: '' });
});
