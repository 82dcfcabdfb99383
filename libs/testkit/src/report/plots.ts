import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import type { Distribution, EvidenceFile, LatencyWindow, Mark, Series } from '../evidence/findings.ts';
import { drawChart, SERIES_COLOURS, short, type Line } from './chart.ts';

/** A plot of a report. */
export interface Plot {
  readonly title: string;
  /** What the reader sees, in a sentence. */
  readonly caption: string;
  readonly svg: string;
}

/** What a curve of a percentile plot needs of a distribution. */
export type PercentileCurve = Pick<Distribution, 'name' | 'encoded' | 'count'>;

const MICROS_PER_MS = 1_000;
/** A pause of more than this between two seconds with values breaks the line. */
const BREAK_MS = 2_500;
/** Where values spread over more than this factor, the axis is logarithmic. */
const WIDE_SPREAD = 40;
const LEAST_MS = 0.01;
const LINES_MAX = SERIES_COLOURS.length;
const POINTS_MAX = 1_200;

/** All plots that a test's evidence gives: latencies over time, their percentiles, and series by their unit. */
export function plotsOf(evidence: EvidenceFile): readonly Plot[] {
  const filled = evidence.distributions.filter(({ count }) => count > 0);
  const overTime = filled.filter(({ windows }) => windows.length > 1);
  const units = Map.groupBy(
    evidence.series.filter(({ points }) => points.length > 1),
    ({ unit }) => unit,
  );
  return [
    ...overTime.map((one) => latencyOverTime(one, evidence)),
    ...chunks(filled).map((some) => percentilePlot(some)),
    ...[...units].flatMap(([unit, series]) => chunks(series).map((some) => overTimeOf(unit, some, evidence))),
  ];
}

function latencyOverTime({ name, windows }: Distribution, { marks, durationMs }: EvidenceFile): Plot {
  const endSeconds = durationMs / 1_000;
  const points = (value: (window: LatencyWindow) => number) =>
    windows.flatMap((window, i) => {
      const previous = windows[i - 1];
      const point = [window.atMs / 1_000, Math.max(LEAST_MS, value(window))] as const;
      const isBreak = previous !== undefined && window.atMs - previous.atMs > BREAK_MS;
      return isBreak ? [[point[0], null] as const, point] : [point];
    });
  const lines: readonly Line[] = [
    { name: 'p50', colour: colour(0), points: points(({ p50 }) => p50) },
    { name: 'p99', colour: colour(1), points: points(({ p99 }) => p99) },
    { name: 'max', colour: 'var(--muted)', points: points(({ max }) => max), faint: true },
  ];
  const values = windows.flatMap(({ p50, max }) => [p50, max]);
  return {
    title: `${name}, over time, in ms`,
    caption: `Each second's median, 99th percentile and maximum.${told(marks)}`,
    svg: drawChart({ lines, xAxis: seconds(endSeconds), yAxis: milliseconds(values), marks, endSeconds }),
  };
}

/** The percentile plot of HdrHistogram: each step to the right is ten times as rare. */
export function percentilePlot(distributions: readonly PercentileCurve[]): Plot {
  const lines = distributions.map(({ name, encoded, count }, i): Line => {
    const histogram = decodeFromCompressedBase64(encoded);
    const points = rarities(count).map((rarity) => {
      const micros = histogram.getValueAtPercentile(100 - 100 / rarity);
      return [rarity, Math.max(LEAST_MS, micros / MICROS_PER_MS)] as const;
    });
    return { name: `${name} (${short(count)})`, colour: colour(i), points };
  });
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value ?? 0));
  const most = Math.max(10, ...distributions.map(({ count }) => count));
  return {
    title: 'Percentiles, in ms',
    caption:
      'The share of values that are no larger than the height of the curve; in brackets, how many values.',
    svg: drawChart({
      lines,
      xAxis: {
        type: 'log',
        min: 1,
        max: 10 ** Math.ceil(Math.log10(most)),
        name: 'percentile',
        axisLabel: { color: 'var(--muted)', fontSize: 11, formatter: percentileLabel },
      },
      yAxis: milliseconds(values),
    }),
  };
}

function overTimeOf(unit: string, series: readonly Series[], { marks, durationMs }: EvidenceFile): Plot {
  const endSeconds = durationMs / 1_000;
  const lines = series.map(({ name, points }, i): Line => {
    const thinned = thin(points).map(([atMs, value]) => [atMs / 1_000, value] as const);
    return { name, colour: colour(i), points: thinned };
  });
  const names = series.map(({ name }) => name).join(', ');
  return {
    title: `${series.length > 2 ? 'Over time' : names}, in ${unit}`,
    caption: `Against the time since the test began.${told(marks)}`,
    svg: drawChart({
      lines,
      xAxis: seconds(endSeconds),
      yAxis: {
        type: 'value',
        axisLabel: { color: 'var(--muted)', fontSize: 11, formatter: short },
      },
      marks,
      endSeconds,
    }),
  };
}

function told(marks: readonly Mark[]): string {
  return marks.length > 0 ? ' Upright lines: what was done to the system.' : '';
}

function seconds(end: number): Readonly<Record<string, unknown>> {
  const axisLabel = { color: 'var(--muted)', fontSize: 11, showMaxLabel: false };
  return { type: 'value', name: 'seconds', min: 0, max: Math.max(1, Math.ceil(end)), axisLabel };
}

function milliseconds(values: readonly number[]): Readonly<Record<string, unknown>> {
  const positive = values.filter((value) => value > LEAST_MS);
  const isWide = Math.max(...positive) / Math.min(...positive) > WIDE_SPREAD;
  return {
    type: isWide ? 'log' : 'value',
    axisLabel: { color: 'var(--muted)', fontSize: 11, formatter: short },
  };
}

/** 1, 1.25, 2, 2.5, … up to `count`: what is rarer than one in `count` has not been seen. */
function rarities(count: number): readonly number[] {
  const steps: number[] = [];
  for (let decade = 1; decade <= count; decade *= 10) {
    for (const step of [1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.3, 8]) {
      if (decade * step <= count) steps.push(decade * step);
    }
  }
  return [...steps, count];
}

function percentileLabel(rarity: number): string {
  return rarity <= 1 ? '0 %' : `${Number((100 - 100 / rarity).toPrecision(12))} %`;
}

/** At most `POINTS_MAX` points; of each stretch the largest, so that no peak is hidden. */
function thin(points: Series['points']): Series['points'] {
  const stretch = Math.ceil(points.length / POINTS_MAX);
  if (stretch <= 1) return points;
  const stretches = Array.from({ length: Math.ceil(points.length / stretch) }, (_, i) =>
    points.slice(i * stretch, (i + 1) * stretch),
  );
  return stretches.flatMap((some) => some.toSorted(([, a], [, b]) => b - a).slice(0, 1));
}

function chunks<T>(items: readonly T[]): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / LINES_MAX);
  return Array.from({ length: count }, (_, i) => items.slice(i * LINES_MAX, (i + 1) * LINES_MAX));
}

function colour(i: number): string {
  return SERIES_COLOURS[i % SERIES_COLOURS.length] ?? 'var(--blue)';
}
