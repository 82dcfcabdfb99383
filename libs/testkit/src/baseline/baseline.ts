import { readFile, writeFile } from 'node:fs/promises';
import { ratioOf, type Measurement } from './measurement.ts';

/** A measurement that later ones are compared with. */
export interface BaselineEntry {
  readonly unit: string;
  readonly beside: string;
  readonly better: 'more' | 'less';
  /** The value on the baseline's machine; for people, since only ratios are compared. */
  readonly value: number;
  readonly ratio: number;
  readonly noise: number;
}

/** What is kept in the work tree. */
export interface Baseline {
  readonly format: 1;
  /** What it was measured on, in words. */
  readonly machine: string;
  readonly entries: Readonly<Record<string, BaselineEntry>>;
  /** What was measured beside them and is not compared: for alerts, and for people. */
  readonly figures: Readonly<Record<string, BaselineFigure>>;
}

export interface BaselineFigure {
  readonly unit: string;
  readonly value: number;
}

/** How a measurement stands to the baseline. */
export interface Comparison {
  readonly name: string;
  readonly holds: boolean;
  /** What is asked, for people. */
  readonly requirement: string;
  /** What was seen, for people. */
  readonly achieved: string;
}

/**
 * A measurement may be this many times worse than the baseline before it counts as a regression, and its own and the
 * baseline's noise is added to that. As wide as this since machines differ in more than what the calibration sees, and
 * since continuous integration shares its cores: it finds a path that became twice as long, not one of ten per cent.
 */
const BAND = 2;
/** A run that is noisier than this is not given more room. */
const NOISE_MAX = 0.5;

/**
 * Compares measurements with the baseline by their ratios to the calibration. What one of the two lacks does not hold:
 * a measurement that went missing is no success, and a new one belongs into the baseline.
 */
export function compareWith(baseline: Baseline, measurements: readonly Measurement[]): readonly Comparison[] {
  const names = new Set([...Object.keys(baseline.entries), ...measurements.map(({ name }) => name)]);
  return [...names].map((name) => {
    const measurement = measurements.find((one) => one.name === name);
    const entry = baseline.entries[name];
    if (measurement === undefined) return incomparable(name, 'in the baseline, not measured');
    if (entry === undefined) return incomparable(name, 'measured, not in the baseline');
    return compare(entry, measurement);
  });
}

function compare(entry: BaselineEntry, measurement: Measurement): Comparison {
  const { name, unit, beside } = measurement;
  const { value, ratio, noise } = ratioOf(measurement);
  const band = BAND * (1 + Math.min(NOISE_MAX, noise + entry.noise));
  const isMore = entry.better === 'more';
  const limit = isMore ? entry.ratio / band : entry.ratio * band;
  return {
    name,
    holds: isMore ? ratio >= limit : ratio <= limit,
    requirement: `${isMore ? 'at least' : 'at most'} ${digits(limit)} × ${beside} (baseline ${digits(entry.ratio)}, band ${digits(band)})`,
    achieved: `${digits(ratio)} ×: ${digits(value)} ${unit}, noise ${Math.round(noise * 100)} %`,
  };
}

function incomparable(name: string, achieved: string): Comparison {
  return { name, holds: false, requirement: 'measured, and in the baseline', achieved };
}

/** The measurements as a baseline for later runs. */
export function baselineOf(
  machine: string,
  measurements: readonly Measurement[],
  figures: Baseline['figures'] = {},
): Baseline {
  const entries = measurements.map((measurement) => {
    const { name, unit, beside, better } = measurement;
    const { value, ratio, noise } = ratioOf(measurement);
    const rounded = { value: round(value), ratio: round(ratio), noise: round(noise) };
    return [name, { unit, beside, better, ...rounded }] as const;
  });
  const told = Object.entries(figures).map(([name, { unit, value }]) => [
    name,
    { unit, value: round(value) },
  ]);
  return { format: 1, machine, entries: Object.fromEntries(entries), figures: Object.fromEntries(told) };
}

/** Rejects if the file is missing or of another format. */
export async function readBaseline(file: string): Promise<Baseline> {
  const baseline: Baseline = JSON.parse(await readFile(file, 'utf8'));
  if (baseline.format !== 1) throw new Error(`${file}: not a baseline of format 1`);
  return baseline;
}

export async function writeBaseline(file: string, baseline: Baseline): Promise<void> {
  await writeFile(file, `${JSON.stringify(baseline, undefined, 2)}\n`);
}

function digits(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
