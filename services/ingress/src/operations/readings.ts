import type { HistogramMetric, HistogramPoint, Labels, ServiceStatus } from '@longspan/protocol';

/** The values of a counter or gauge that have these labels, added up; undefined where there is none. */
export function valueOf(status: ServiceStatus, name: string, labels: Labels = {}): number | undefined {
  const metric = status.metrics.find((one) => one.name === name);
  if (metric === undefined || metric.kind === 'histogram') return undefined;
  const points = metric.points.filter((point) => has(point.labels, labels));
  return points.length === 0 ? undefined : points.reduce((sum, { value }) => sum + value, 0);
}

/** The points of a histogram as one. */
export function histogramOf(status: ServiceStatus, name: string): Histogram | undefined {
  const metric = status.metrics.find(
    (one): one is HistogramMetric => one.name === name && one.kind === 'histogram',
  );
  return metric === undefined ? undefined : sumOfHistograms(metric.points);
}

/** How many values lie in each bucket; there is one more than there are boundaries. */
export type Histogram = Pick<HistogramPoint, 'boundaries' | 'counts'>;

/**
 * Adds histograms up. One with other boundaries than the first, as a process of another version may have, is left
 * out: it cannot be added.
 */
export function sumOfHistograms(histograms: readonly Histogram[]): Histogram | undefined {
  const [first, ...others] = histograms;
  if (first === undefined) return undefined;
  const fitting = others.filter(({ boundaries }) => areEqual(boundaries, first.boundaries));
  const counts = first.counts.map((count, at) =>
    fitting.reduce((sum, other) => sum + (other.counts[at] ?? 0), count),
  );
  return { boundaries: first.boundaries, counts };
}

/** What came to a histogram since an earlier reading of it; all of it where there is no earlier one. */
export function histogramSince(later: Histogram, earlier: Histogram | undefined): Histogram {
  if (earlier === undefined || !areEqual(later.boundaries, earlier.boundaries)) return later;
  const counts = later.counts.map((count, at) => Math.max(0, count - (earlier.counts[at] ?? 0)));
  return { boundaries: later.boundaries, counts };
}

function has(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

function areEqual(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, at) => value === b[at]);
}
