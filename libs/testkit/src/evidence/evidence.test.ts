import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { BrokenPromise, Evidence } from './evidence.ts';
import { LatencyRecorder } from './latency-recorder.ts';

afterEach(() => {
  delete process.env['LONGSPAN_EVIDENCE_DIR'];
  delete process.env['LONGSPAN_SEED'];
});

test('what was claimed and recorded is in the file, also when a promise is broken', async () => {
  // Goal: a report can link to its data, above all when the run failed. Method: break a promise, read the file.
  const folder = await mkdtemp(join(tmpdir(), 'evidence-'));
  await using _ = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
  process.env['LONGSPAN_EVIDENCE_DIR'] = folder;
  process.env['LONGSPAN_SEED'] = 'seven';
  const run = async () => {
    await using evidence = new Evidence('chaos', 'Everything arrives');
    evidence.mark('edge-0 killed');
    evidence.latency('delivery').record(2.5);
    evidence.series('outbox', 'bytes').add(10);
    evidence.figure({ metric: 'Rate', requirement: '> 5/s', achieved: '6/s', holds: true });
    evidence.promise({ metric: 'Delivered', requirement: 'every one', achieved: '1 of 2', holds: false });
  };
  await expect(run()).rejects.toThrow(BrokenPromise);
  const [file = ''] = await readdir(folder);
  expect(file).toBe('chaos-everything-arrives.json');
  const content: unknown = JSON.parse(await readFile(join(folder, file), 'utf8'));
  expect(content).toMatchObject({
    suite: 'chaos',
    scale: 'short',
    findings: [
      { kind: 'figure', metric: 'Rate', holds: true },
      { kind: 'promise', metric: 'Delivered', holds: false },
    ],
    marks: [{ what: 'edge-0 killed' }],
    series: [{ name: 'outbox', unit: 'bytes' }],
    distributions: [{ name: 'delivery', count: 1 }],
  });
});

test('the same seed gives the same chance to the same test, and another to another', () => {
  // Goal: a failure can be run again. Method: draw from evidence that is made twice.
  process.env['LONGSPAN_SEED'] = 'seven';
  const draw = (title: string, purpose: string) => new Evidence('chaos', title).random(purpose).next();
  expect(draw('a', 'cuts')).toBe(draw('a', 'cuts'));
  expect(draw('a', 'cuts')).not.toBe(draw('b', 'cuts'));
  expect(draw('a', 'cuts')).not.toBe(draw('a', 'latency'));
});

test('latencies of two threads add up to one distribution', () => {
  // Goal: percentiles are those of all values, not averages of percentiles. Method: 1 to 100 ms in two halves.
  const [whole, half] = [new LatencyRecorder(), new LatencyRecorder()];
  for (let ms = 1; ms <= 50; ms++) whole.record(ms);
  for (let ms = 51; ms <= 100; ms++) half.record(ms);
  whole.add(half.parcel());
  expect(whole.count).toBe(100);
  const { p50, p99, max, windows } = whole.distribution('both', 0);
  expect([p50, p99, max].map(Math.round)).toEqual([50, 99, 100]);
  expect(windows.reduce((sum, { count }) => sum + count, 0)).toBe(100);
});
