import { expect, test } from 'vitest';
import { caveats, compareResults } from './comparison.ts';
import { sampleResult, sampleTrial } from './result-samples.ts';
import type { Trial } from './result.ts';

const run = (...rates: readonly number[]) =>
  sampleResult(rates.map((rate, round) => sampleTrial('throughput', 'longspan-r1', round, { rate })));
const change = (then: readonly number[], now: readonly number[]) => {
  const [compared] = compareResults(run(...then), run(...now));
  return compared?.change;
};

test('a change is told only where the rounds of two runs do not overlap', () => {
  // Goal: nobody keeps an optimisation that is noise. Method: clear changes, overlapping ones, tiny ones.
  expect(change([100, 101, 102], [120, 125, 130])).toBe('better');
  expect(change([120, 125, 130], [100, 101, 102])).toBe('worse');
  expect(change([100, 110, 121], [120, 125, 130])).toBe('within the noise');
  expect(change([100, 100, 100], [101, 101, 101])).toBe('within the noise');
  expect(change([100, 101], [200, 201])).toBe('too few rounds');
});

test('of latencies, less is better', () => {
  // Goal: a slower system is not praised. Method: a figure of the other kind.
  const of = (value: number) =>
    [0, 1, 2].map((round): Trial => ({
      ...sampleTrial('latency', 'longspan-r1', round, {}),
      figures: [{ name: 'p99', value, unit: 'ms', better: 'less' }],
    }));
  expect(compareResults(sampleResult(of(2)), sampleResult(of(1)))[0]?.change).toBe('better');
});

test('what only one of the two has measured is told as such', () => {
  // Goal: a measure that is gone is not taken for one that did not change. Method: one figure each.
  const then = sampleResult([sampleTrial('old', 'longspan-r1', 0, { rate: 1 })]);
  const now = sampleResult([sampleTrial('new', 'longspan-r1', 0, { rate: 1 })]);
  expect(compareResults(then, now).map(({ change }) => change)).toEqual(['only then', 'only now']);
});

test('runs of other machines, scales and versions are compared with a warning', () => {
  // Goal: a new laptop is no optimisation. Method: each of the three.
  const then = sampleResult([]);
  const machine = { ...then.machine, cores: 16 };
  expect(caveats(then, then)).toEqual([]);
  expect(caveats(then, { ...then, machine, scale: 'quick', versions: { Node: 'v25' } })).toEqual([
    'machine: 2 × some, Linux then, 16 × some, Linux now',
    'scale: full then, quick now',
    'Node: v24 then, v25 now',
  ]);
});
