import type { GapReason } from './gap.ts';

/** What a service tells of itself once a second, for operators: its metrics as they stand, and what stands out. */
export interface ServiceStatus {
  /** `edge`, `ingress` or `agent`. */
  readonly service: string;
  /** The process's name. */
  readonly name: string;
  readonly version: string;
  /** When the process started, in milliseconds since the Unix epoch. */
  readonly startedMs: number;
  /** When this was told; by the same clock. */
  readonly atMs: number;
  readonly metrics: readonly Metric[];
  /** Of an edge: the latest gaps that it told, the newest first. */
  readonly gaps?: readonly ToldGap[];
  /** Of an edge: the sessions for which the most bytes wait, the largest first. */
  readonly slow?: readonly SlowSession[];
}

/** A metric of docs/telemetry.md. Counters and histograms count since the process started. */
export type Metric = ValueMetric | HistogramMetric;

export interface ValueMetric {
  readonly name: string;
  readonly kind: 'counter' | 'gauge';
  /** `s`, `By`, or empty: a number of things. */
  readonly unit: string;
  readonly points: readonly ValuePoint[];
}

export interface ValuePoint {
  readonly labels: Labels;
  readonly value: number;
}

export interface HistogramMetric {
  readonly name: string;
  readonly kind: 'histogram';
  readonly unit: string;
  readonly points: readonly HistogramPoint[];
}

export interface HistogramPoint {
  readonly labels: Labels;
  readonly count: number;
  readonly sum: number;
  /** The upper bounds of all buckets but the last, ascending; a value equal to a bound lies below it. */
  readonly boundaries: readonly number[];
  /** How many values lie in each bucket: one more than there are boundaries. */
  readonly counts: readonly number[];
}

export type Labels = Readonly<Record<string, string>>;

export interface ToldGap {
  readonly atMs: number;
  readonly session: string;
  readonly reason: GapReason;
  /** Positions. */
  readonly from: string;
  readonly to: string;
}

export interface SlowSession {
  readonly session: string;
  readonly transport: string;
  readonly state: string;
  readonly outboxBytes: number;
}
