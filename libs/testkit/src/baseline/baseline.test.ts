import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { baselineOf, compareWith, readBaseline, writeBaseline } from './baseline.ts';
import { median, ratioOf, type Measurement } from './measurement.ts';

function measured(
  over: Partial<Measurement> & { readonly values: readonly number[]; readonly raw?: number },
): Measurement {
  const { values, raw = 1_000, ...rest } = over;
  return {
    name: 'throughput',
    unit: 'events/s',
    beside: 'raw publishes/s',
    better: 'more',
    rounds: values.map((value) => ({ value, calibration: raw })),
    ...rest,
  };
}

const baseline = baselineOf('a machine', [
  measured({ values: [500, 500, 500] }),
  measured({ name: 'latency', unit: 'ms', better: 'less', values: [2, 2, 2], raw: 1 }),
]);
const latency = (values: readonly number[]) => measured({ name: 'latency', better: 'less', values, raw: 1 });

function holds(...measurements: readonly Measurement[]): Record<string, boolean> {
  return Object.fromEntries(compareWith(baseline, measurements).map((one) => [one.name, one.holds]));
}

test('what is much worse than the baseline is a regression, in either direction', () => {
  // Goal: the check can fail. Method: a bit worse, and much worse, where more and where less is better.
  expect(holds(measured({ values: [300] }), latency([3]))).toEqual({ throughput: true, latency: true });
  expect(holds(measured({ values: [240] }), latency([3]))).toEqual({ throughput: false, latency: true });
  expect(holds(measured({ values: [9_000] }), latency([4.1]))).toEqual({ throughput: true, latency: false });
});

test('a slower machine is no regression', () => {
  // Goal: the same baseline serves every machine. Method: ten times slower, and so is the calibration.
  expect(holds(measured({ values: [50], raw: 100 }), latency([3]))).toEqual({
    throughput: true,
    latency: true,
  });
  expect(holds(measured({ values: [50], raw: 1_000 }), latency([3])).throughput).toBe(false);
});

test('noise widens the band, up to a limit', () => {
  // Goal: a busy machine does not fail what cannot be told there; a hopeless one does not pass everything.
  // Method: a median of 240 with rounds far apart, then one of 150.
  expect(holds(measured({ values: [140, 240, 340] }), latency([2])).throughput).toBe(true);
  expect(holds(measured({ values: [10, 150, 1_000] }), latency([2])).throughput).toBe(false);
});

test('a measurement that is missing, on either side, does not hold', () => {
  // Goal: nothing falls out of the comparison silently. Method: leave one out, add one.
  expect(holds(latency([2]), measured({ name: 'memory', values: [1] }))).toEqual({
    throughput: false,
    latency: true,
    memory: false,
  });
});

test('one bad round changes little, and rounds that give no number are refused', () => {
  // Goal: medians, not means; no comparison with nonsense. Method: an outlier; zero, and no rounds.
  expect(ratioOf(measured({ values: [500, 510, 20] })).ratio).toBe(0.5);
  expect(median([1, 2, 3, 10])).toBe(2.5);
  expect(() => ratioOf(measured({ values: [0] }))).toThrow(RangeError);
  expect(() => ratioOf(measured({ values: [] }))).toThrow(RangeError);
});

test('a baseline is the same after it was kept', async () => {
  // Goal: what is committed is what is compared with. Method: write and read; a file of another kind is refused.
  const folder = await mkdtemp(join(tmpdir(), 'longspan-baseline-'));
  await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
  const file = join(folder, 'baseline.json');
  await writeBaseline(file, baseline);
  expect(await readBaseline(file)).toEqual(baseline);
  await writeBaseline(file, { ...baseline, format: 2 as 1 });
  await expect(readBaseline(file)).rejects.toThrow(/format/);
});
