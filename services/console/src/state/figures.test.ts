import { expect, test } from 'vitest';
import { amount, bytes, latency, timeSpan } from './figures.ts';

test.each([
  [amount(0), '0'],
  [amount(3.25), '3.3'],
  [amount(99.96), '100'],
  [amount(12_345.6), '12,346'],
  [latency(0.84), '0.84 ms'],
  [latency(8.04), '8 ms'],
  [latency(123), '120 ms'],
  [latency(994), '990 ms'],
  [latency(999.4), '1 s'],
  [latency(1_000), '1 s'],
  [latency(12_400), '12 s'],
  [bytes(0), '0 B'],
  [bytes(0.4), '0.4 B'],
  [bytes(1_023), '1,023 B'],
  [bytes(1_536), '1.5 KiB'],
  [bytes(98_304_000), '93.8 MiB'],
  [bytes(2 ** 62), '4,194,304 TiB'],
  [timeSpan(-5), '0 s'],
  [timeSpan(59_999), '59 s'],
  [timeSpan(60_000), '1 min'],
  [timeSpan(7_200_000), '2 h'],
  [timeSpan(200_000_000), '2 d'],
])('%s', (shown, expected) => {
  // Goal: figures fit a cell and say their unit. Method: both sides of each change of unit.
  expect(shown).toBe(expected);
});
