import { expect, test } from 'vitest';
import { linearScale, linePath, logScale, nearest } from './plot.ts';

test.each([
  [[], [0, 2, 4]],
  [[0.2], [0, 2, 4]],
  [[10], [0, 5, 10]],
  [[101], [0, 50, 100, 150]],
  [[60_000], [0, 20_000, 40_000, 60_000]],
])('values up to %j are shown between %j', (values, ticks) => {
  const scale = linearScale(values);
  expect(scale.ticks).toEqual(ticks);
  expect(scale.heightOf(0)).toBe(0);
  expect(scale.heightOf(ticks.at(-1) ?? 0)).toBe(1);
});

test.each([
  [[], [1, 10]],
  [[0], [1, 10]],
  [
    [3, 8],
    [1, 10],
  ],
  [
    [0.4, 1_200],
    [0.1, 1, 10, 100, 1_000, 10_000],
  ],
  [
    [1, 1_000],
    [1, 10, 100, 1_000],
  ],
])('latencies of %j ms are shown between powers of ten: %j', (values, ticks) => {
  const scale = logScale(values);
  expect(scale.ticks).toEqual(ticks);
  expect([0, ticks[0] ?? 0, ticks.at(-1) ?? 0].map((value) => scale.heightOf(value))).toEqual([0, 0, 1]);
});

test('a line goes from the past to now, and is not drawn over what is not known', () => {
  // Goal: a gap in what was heard is a gap in the line. Method: no value, then a pause, and a point alone.
  const points = [
    { atMs: 0, value: 0 },
    { atMs: 1_000, value: 5 },
    { atMs: 2_000, value: null },
    { atMs: 3_000, value: 10 },
    { atMs: 10_000, value: 10 },
  ];
  const scale = linearScale([10]);
  expect(linePath(points, scale, { nowMs: 10_000, spanMs: 10_000 })).toBe(
    'M0 100h.01L100 50M300 0h.01M1000 0h.01',
  );
});

test('the moment that is pointed at is the nearest one', () => {
  const moments = [{ atMs: 0 }, { atMs: 1_000 }, { atMs: 5_000 }];
  expect(nearest(moments, 1_900)).toEqual({ atMs: 1_000 });
  expect(nearest([], 1_900)).toBeUndefined();
});
