import type { DocumentedMetric } from './documented-metrics.ts';

/** What a unit adds to a name. What is counted (`events`) adds nothing. */
const SUFFIXES: Readonly<Record<string, string>> = { s: '_seconds', bytes: '_bytes' };

/**
 * The name of a metric's family in Prometheus, by the rules of the OpenTelemetry specification: dots are underscores, the
 * unit follows, a counter ends in `_total`: `longspan_edge_delivered_size_bytes_total`.
 */
export function prometheusName({
  name,
  kind,
  unit,
}: Pick<DocumentedMetric, 'name' | 'kind' | 'unit'>): string {
  const suffix = unit === undefined ? '' : (SUFFIXES[unit] ?? '');
  return `${prometheusLabel(name)}${suffix}${kind === 'counter' ? '_total' : ''}`;
}

/** The names of the series that a metric gives: a histogram's are `…_bucket`, `…_sum` and `…_count`. */
export function prometheusSeries(
  metric: Pick<DocumentedMetric, 'name' | 'kind' | 'unit'>,
): readonly string[] {
  const name = prometheusName(metric);
  return metric.kind === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}

/** A label's name in Prometheus: `http.route` is `http_route`. */
export function prometheusLabel(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_]/g, '_');
}
