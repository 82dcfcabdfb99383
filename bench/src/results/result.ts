import type { LatencyParcel } from '@longspan/testkit';
import type { ProcessUsage } from '../sampling/process-usage.ts';
import type { SystemName } from '../systems/system-names.ts';

/** One number that a trial has measured. */
export interface Figure {
  /** `events per second`, `p99`. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly better: 'more' | 'less';
  /** Where on the x axis of a growth plot it belongs. */
  readonly x?: number;
}

/** What one measure has seen of one system in one round. */
export interface Trial {
  readonly measure: string;
  readonly system: SystemName;
  readonly round: number;
  readonly figures: readonly Figure[];
  /** By their name; encoded HdrHistograms, for percentile plots. */
  readonly latencies: readonly { readonly name: string; readonly parcel: LatencyParcel }[];
  readonly usages: readonly ProcessUsage[];
  /** Events that were acknowledged but never arrived, and those that came more than once. */
  readonly lost: number;
  readonly repeats: number;
  /** What a reader of the figures has to know. */
  readonly notes: readonly string[];
}

/** A trial that came to no result. */
export interface FailedTrial {
  readonly measure: string;
  readonly system: SystemName;
  readonly round: number;
  readonly reason: string;
  /** It was known beforehand that this system cannot do this, or not here: a result, not a failure. */
  readonly refused: boolean;
}

export interface Machine {
  readonly os: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
}

/** A run of the benchmark, as `bench/results/<name>.json` has it. */
export interface BenchResult {
  readonly format: 1;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly scale: 'quick' | 'full';
  readonly seed: number;
  readonly rounds: number;
  /** The commit, with `+` where the work tree differed from it. */
  readonly commit: string;
  readonly machine: Machine;
  /** Of Node, the servers and the peers' packages. */
  readonly versions: Readonly<Record<string, string>>;
  readonly trials: readonly Trial[];
  readonly failed: readonly FailedTrial[];
}
