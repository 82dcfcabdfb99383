/** Grafana's names of units. */
export type Unit = 'short' | 's' | 'bytes' | 'Bps' | 'eps' | 'ops' | 'percentunit' | 'none';

/** A PromQL query, and what its series are called in the legend. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
  /** For heatmaps: the series are buckets. */
  readonly format?: 'heatmap';
}

/** From `at` on a value is shown in this colour; below the first it is green. */
export interface Threshold {
  readonly at: number;
  readonly colour: 'green' | 'yellow' | 'orange' | 'red';
}

/** A panel as its dashboard describes it; where it stands and which number it has comes from the row that it is in. */
export interface Panel {
  readonly kind: 'timeseries' | 'stat' | 'heatmap' | 'state-timeline';
  readonly title: string;
  /** What it says and what is good, for whoever hovers over it. */
  readonly says: string;
  readonly unit: Unit;
  readonly queries: readonly Query[];
  readonly thresholds?: readonly Threshold[];
  readonly isStacked?: boolean;
  /** What 0 and 1 mean, for gauges that tell a state. */
  readonly states?: { readonly 0: string; readonly 1: string };
}

type Rest = Omit<Panel, 'kind' | 'title' | 'says' | 'unit' | 'queries'>;
type Make = (title: string, unit: Unit, says: string, queries: readonly Query[], rest?: Rest) => Panel;

const make =
  (kind: Panel['kind']): Make =>
  (title, unit, says, queries, rest = {}) => ({ kind, title, unit, says, queries, ...rest });

/** Values over time. */
export const plot = make('timeseries');
/** One number, as it is now. */
export const figure = make('stat');
/** A histogram over time. */
export const heatmap = make('heatmap');
/** States over time, a line for each. */
export const states = make('state-timeline');

export function query(expr: string, legend: string): Query {
  return { expr, legend };
}

/** The 50th, 90th and 99th percentile of a histogram. */
export function percentiles(histogram: string, filter = ''): readonly Query[] {
  return [0.5, 0.9, 0.99].map((part) => percentile(histogram, part, `p${part * 100}`, filter));
}

/** A percentile of a histogram, over all its series or `by` some label. */
export function percentile(histogram: string, part: number, legend: string, filter = '', by = ''): Query {
  const labels = by === '' ? 'le' : `le, ${by}`;
  const rate = `rate(${histogram}_bucket${filter}[$__rate_interval])`;
  return query(`histogram_quantile(${part}, sum by (${labels}) (${rate}))`, legend);
}
