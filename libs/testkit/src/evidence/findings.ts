import type { Scale } from '../scale.ts';

/**
 * One line of a report: what was asked, and what was seen. A `promise` is about correctness and fails its test when
 * it does not hold. A `figure` is a measurement: noisy machines must not fail a test by it, so only the validation
 * judges it.
 */
export interface Finding {
  readonly kind: 'promise' | 'figure';
  /** What is looked at: `Events delivered`. */
  readonly metric: string;
  /** What must hold, in words: `every one`. */
  readonly requirement: string;
  /** What was seen, in words, with units: `1,000,000 of 1,000,000`. */
  readonly achieved: string;
  readonly holds: boolean;
}

/** Something that was done to the system, to be drawn into the plots. */
export interface Mark {
  /** Milliseconds since the evidence began. */
  readonly atMs: number;
  readonly what: string;
}

/** A value over time. */
export interface Series {
  readonly name: string;
  readonly unit: string;
  /** Milliseconds since the evidence began, and the value. */
  readonly points: readonly (readonly [atMs: number, value: number])[];
}

/** One second of a distribution over time. */
export interface LatencyWindow {
  /** Milliseconds since the evidence began. */
  readonly atMs: number;
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** A distribution of durations in milliseconds. */
export interface Distribution {
  readonly name: string;
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** The HdrHistogram itself, compressed, in microseconds; `decodeFromCompressedBase64` of hdr-histogram-js reads it. */
  readonly encoded: string;
  readonly windows: readonly LatencyWindow[];
}

/** What one test leaves behind for the reports: one JSON file. */
export interface EvidenceFile {
  readonly format: 1;
  /** The suite, as its folder is named: `chaos`. */
  readonly suite: string;
  /** What the test shows, as a claim. */
  readonly title: string;
  readonly scale: Scale;
  readonly seed: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly findings: readonly Finding[];
  readonly marks: readonly Mark[];
  readonly series: readonly Series[];
  readonly distributions: readonly Distribution[];
  /** Files beside this one that belong to it: the raw logs of its audits. */
  readonly attachments: readonly string[];
  /** Anything else worth keeping: options of the run, counts, verdicts. */
  readonly facts: Readonly<Record<string, unknown>>;
}
