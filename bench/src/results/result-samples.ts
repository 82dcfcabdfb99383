import type { SystemName } from '../systems/system-names.ts';
import type { BenchResult, Trial } from './result.ts';

/** A trial for tests, with figures of which more is better. */
export function sampleTrial(
  measure: string,
  system: SystemName,
  round: number,
  figures: Readonly<Record<string, number>>,
): Trial {
  return {
    measure,
    system,
    round,
    figures: Object.entries(figures).map(([name, value]) => ({
      name,
      value,
      unit: 'events/s',
      better: 'more',
    })),
    latencies: [],
    usages: [],
    lost: 0,
    repeats: 0,
    notes: [],
  };
}

/** A run for tests. */
export function sampleResult(trials: readonly Trial[], more: Partial<BenchResult> = {}): BenchResult {
  return {
    format: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 60_000,
    scale: 'full',
    seed: 1,
    rounds: 3,
    commit: 'abc',
    machine: { os: 'Linux', cpu: 'some', cores: 2, memoryGiB: 8 },
    versions: { Node: 'v24' },
    trials,
    failed: [],
    ...more,
  };
}
