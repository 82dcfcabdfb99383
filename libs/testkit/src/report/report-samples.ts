import { LatencyRecorder } from '../evidence/latency-recorder.ts';
import type { EvidenceFile, Finding } from '../evidence/findings.ts';
import type { RunFile, Step } from './run-file.ts';

/** What a test of the reports starts from; `over` replaces parts of it. */
export function sampleEvidence(suite: string, over: Partial<EvidenceFile> = {}): EvidenceFile {
  return {
    format: 1,
    suite,
    title: `what ${suite} shows`,
    scale: 'full',
    seed: 7,
    startedAt: '2026-01-02T03:04:05.000Z',
    durationMs: 10_000,
    findings: [holding(`a claim of ${suite}`)],
    marks: [],
    series: [],
    distributions: [],
    attachments: [],
    facts: {},
    ...over,
  };
}

export function holding(metric: string): Finding {
  return { kind: 'promise', metric, requirement: '0 of all', achieved: '0 of 1,234', holds: true };
}

/** A distribution with values in three seconds. */
export function sampleDistribution(name: string) {
  const recorder = new LatencyRecorder();
  for (let ms = 1; ms <= 1_000; ms++) recorder.record(ms / 10);
  const windows = [1_000, 2_000, 7_000].map((atMs) => ({ atMs, count: 333, p50: 50, p99: 99, max: 100 }));
  return { ...recorder.distribution(name, 0), windows };
}

export function sampleStep(suite: string, over: Partial<Step> = {}): Step {
  return {
    suite,
    end: 'ended',
    startedAt: '2026-01-02T03:04:05.000Z',
    durationMs: 62_000,
    passed: 3,
    skipped: [],
    failed: [],
    log: `data/logs/${suite}.txt`,
    ...over,
  };
}

export function sampleRun(steps: readonly Step[], planned = steps.map(({ suite }) => suite)): RunFile {
  return {
    format: 1,
    scale: 'full',
    seed: '4711',
    commit: 'abc1234',
    machine: {
      os: 'an operating system',
      cpu: 'a processor',
      cores: 2,
      memoryGiB: 8,
      node: 'v24.0.0',
      natsServer: '2.15.1',
      clusters: 'processes',
    },
    startedAt: '2026-01-02T03:04:05.000Z',
    durationMs: 125_000,
    planned,
    steps,
  };
}
