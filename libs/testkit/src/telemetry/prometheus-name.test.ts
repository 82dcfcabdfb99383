import { expect, test } from 'vitest';
import { documentedMetrics } from './documented-metrics.ts';
import { prometheusName, prometheusSeries } from './prometheus-name.ts';

test('the metrics of docs/telemetry.md are read with kind, unit and labels', async () => {
  // Goal: whoever compares with the page compares with all of it. Method: one row of each shape.
  const metrics = new Map((await documentedMetrics()).map((metric) => [metric.name, metric]));
  expect(metrics.size).toBeGreaterThan(40);
  expect(metrics.get('longspan.edge.users')).toMatchObject({ kind: 'gauge', unit: undefined, labels: [] });
  expect(metrics.get('longspan.edge.sessions')?.labels).toEqual(['transport', 'state']);
  expect(metrics.get('longspan.edge.closes')?.labels).toEqual(['reason']);
  expect(metrics.get('http.server.request.duration')).toMatchObject({ kind: 'histogram', unit: 's' });
});

test('a metric has the name in Prometheus that the OpenTelemetry specification gives it', () => {
  // Goal: rules, dashboards and services agree. Method: a counter, one with a unit, a gauge and a histogram.
  expect(prometheusName({ name: 'longspan.edge.delivered', kind: 'counter', unit: 'events' })).toBe(
    'longspan_edge_delivered_total',
  );
  expect(prometheusName({ name: 'longspan.edge.delivered.size', kind: 'counter', unit: 'bytes' })).toBe(
    'longspan_edge_delivered_size_bytes_total',
  );
  expect(prometheusName({ name: 'longspan.edge.outbox', kind: 'gauge', unit: 'bytes' })).toBe(
    'longspan_edge_outbox_bytes',
  );
  expect(prometheusSeries({ name: 'longspan.publish.duration', kind: 'histogram', unit: 's' })).toEqual([
    'longspan_publish_duration_seconds_bucket',
    'longspan_publish_duration_seconds_sum',
    'longspan_publish_duration_seconds_count',
  ]);
});
