import {
  drawBars,
  drawChart,
  LatencyRecorder,
  PALETTE,
  percentilePlot,
  short,
  type Line,
} from '@longspan/testkit';
import { GROWTH } from '../measures/growth/all-growth.ts';
import { MEASURES } from '../measures/all-measures.ts';
import { SYSTEMS } from '../systems/all-systems.ts';
import type { SystemName } from '../systems/system-names.ts';
import type { BenchResult, Trial } from './result.ts';
import { seriesOf, summaryOf, type Series } from './statistics.ts';

/** A file of `bench/results/`. */
export interface PlotFile {
  readonly name: string;
  readonly svg: string;
}

/** The same system has the same colour everywhere: what is ours stands out, limits are muted. */
const COLOURS: Readonly<Record<SystemName, string>> = {
  'longspan-r1': 'var(--blue)',
  'longspan-r3': 'var(--violet)',
  'longspan-r1-unsampled': 'var(--blue)',
  'longspan-r1-traced': 'var(--blue)',
  'socket-io': 'var(--orange)',
  'socket-io-by-hand': 'var(--orange)',
  'sse-redis': 'var(--rose)',
  'nats-websocket': 'var(--teal)',
  'raw-ws': 'var(--muted)',
  'raw-jetstream-r1': 'var(--muted)',
  'raw-jetstream-r3': 'var(--muted)',
};
/** Steps that spread over more than this factor lie on a logarithmic axis. */
const WIDE_SPREAD = 20;
const upright = { type: 'value', nameLocation: 'middle', nameGap: 44 } as const;
/** Follows the reader's light or dark, as the colours do. */
const BACKGROUND = '<rect width="100%" height="100%" fill="var(--paper)"/>';

/** Bars for each measure's figures, percentile curves for its latencies, and lines for what grows. */
export function plotFiles({ trials }: BenchResult): readonly PlotFile[] {
  return MEASURES.flatMap(({ name, when }) => {
    const own = trials.filter(({ measure }) => measure === name);
    if (own.length === 0) return [];
    return when === 'growth'
      ? growthPlots(name, own)
      : [...barPlots(name, own), ...percentilePlots(name, own)];
  });
}

function barPlots(measure: string, trials: readonly Trial[]): readonly PlotFile[] {
  const figures = Map.groupBy(seriesOf(trials), ({ figure }) => figure);
  return [...figures].flatMap(([figure, some]) => {
    // One bar alone is no picture.
    if (some.length < 2) return [];
    const bars = inOrder(some).map(({ system, values }) => {
      const { median, low, high } = summaryOf([...values.values()]);
      return { name: SYSTEMS[system].title, colour: COLOURS[system], value: median, low, high };
    });
    const [{ unit } = { unit: '' }] = some;
    return [
      { name: `${measure}-${fileName(figure)}`, svg: standalone(drawBars(bars, `${figure}, ${unit}`)) },
    ];
  });
}

/** One curve for each system, of the values of all its rounds together. */
function percentilePlots(measure: string, trials: readonly Trial[]): readonly PlotFile[] {
  const first = trials.find(({ latencies }) => latencies.length > 0)?.latencies[0]?.name;
  if (first === undefined) return [];
  const systems = Map.groupBy(trials, ({ system }) => system);
  const curves = [...systems].flatMap(([system, some]) => {
    const all = new LatencyRecorder();
    for (const { latencies } of some)
      for (const { name, parcel } of latencies) if (name === first) all.add(parcel);
    return all.count === 0 ? [] : [all.distribution(SYSTEMS[system].title, 0)];
  });
  if (curves.length === 0) return [];
  return [{ name: `${measure}-percentiles`, svg: standalone(percentilePlot(curves).svg) }];
}

function growthPlots(measure: string, trials: readonly Trial[]): readonly PlotFile[] {
  const figures = Map.groupBy(seriesOf(trials), ({ figure }) => figure);
  return [...figures].map(([figure, some]) => {
    const [{ unit } = { unit: '' }] = some;
    const lines = [...Map.groupBy(inOrder(some), ({ system }) => system)].map(([system, steps]): Line => ({
      name: SYSTEMS[system].title,
      colour: COLOURS[system],
      points: steps
        .map(({ x = 0, values }) => [x, summaryOf([...values.values()]).median] as const)
        .toSorted(([a], [b]) => a - b),
    }));
    const axisLabel = { color: 'var(--muted)', fontSize: 11, formatter: short };
    const title = GROWTH.find(({ name }) => name === measure)?.title ?? measure;
    const svg = drawChart({
      lines,
      xAxis: { type: isWide(some) ? 'log' : 'value', name: title, axisLabel },
      yAxis: { ...upright, min: 0, name: `${figure}, ${unit}`, axisLabel },
    });
    return { name: `${measure}-${fileName(figure)}`, svg: standalone(svg) };
  });
}

function isWide(steps: readonly Series[]): boolean {
  const places = steps.map(({ x = 0 }) => x);
  return Math.max(...places) / Math.min(...places) > WIDE_SPREAD;
}

function inOrder(some: readonly Series[]): readonly Series[] {
  const order = Object.keys(SYSTEMS);
  return some.toSorted((a, b) => order.indexOf(a.system) - order.indexOf(b.system));
}

function fileName(figure: string): string {
  return figure.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

/** An SVG that carries its colours with it, for pages that are not the kit's own. */
function standalone(svg: string): string {
  return svg.replace(/>/, `><style>${PALETTE}</style>${BACKGROUND}`);
}
