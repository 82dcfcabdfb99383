import { expect, test } from 'vitest';
import { sampleTrial } from './result-samples.ts';
import { ratioOf, seriesOf, summaryOf } from './statistics.ts';

const trials = [
  sampleTrial('throughput', 'longspan-r1', 0, { rate: 30 }),
  sampleTrial('throughput', 'socket-io', 0, { rate: 20 }),
  sampleTrial('throughput', 'socket-io', 1, { rate: 10 }),
  sampleTrial('throughput', 'longspan-r1', 1, { rate: 20 }),
  sampleTrial('throughput', 'longspan-r1', 2, { rate: 1_000 }),
];

test('rounds come to their median and their spread', () => {
  // Goal: one bad round decides nothing, and is not hidden. Method: odd, even and single numbers of rounds.
  expect(summaryOf([3, 1, 100])).toEqual({ median: 3, low: 1, high: 100, rounds: 3 });
  expect(summaryOf([4, 2])).toEqual({ median: 3, low: 2, high: 4, rounds: 2 });
  expect(() => summaryOf([])).toThrow(RangeError);
});

test('a ratio is the median of the ratios of the same rounds', () => {
  // Goal: what slowed down the machine in one round falls out. Method: round 1 is half as fast for both; round 2 has no partner.
  const [one, other] = seriesOf(trials);
  if (one === undefined || other === undefined) throw new Error('two series');
  expect(ratioOf(one, other)).toEqual({ median: 1.75, low: 1.5, high: 2, rounds: 2 });
});

test('no round in common, or nothing to divide by, gives no ratio', () => {
  // Goal: no Infinity or NaN in a table. Method: other rounds, and a zero.
  const [one] = seriesOf([sampleTrial('a', 'longspan-r1', 0, { rate: 1 })]);
  const [late] = seriesOf([sampleTrial('a', 'socket-io', 1, { rate: 1 })]);
  const [zero] = seriesOf([sampleTrial('a', 'socket-io', 0, { rate: 0 })]);
  if (one === undefined || late === undefined || zero === undefined) throw new Error('a series each');
  expect(ratioOf(one, late)).toBeUndefined();
  expect(ratioOf(one, zero)).toBeUndefined();
});

test('each step of a growth plot is a series of its own', () => {
  // Goal: 200 sessions are not averaged with 10,000. Method: one figure at two places.
  const [trial] = trials;
  if (trial === undefined) throw new Error('a trial');
  const figures = [1, 2].map((x) => ({
    name: 'p99',
    value: x,
    unit: 'ms',
    better: 'less' as const,
    x,
  }));
  expect(seriesOf([{ ...trial, figures }]).map(({ x, values }) => [x, ...values.values()])).toEqual([
    [1, 1],
    [2, 2],
  ]);
});
