import { metrics as api } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger } from './logger.ts';
import { startMetrics, type Metrics } from './metrics.ts';

/*
 * One process has one set of metrics: it is started once, with an instrument of each kind, and read both ways.
 */
let metrics: Metrics;
let url = '';

beforeAll(async () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const telemetry = { otlpEndpoint: undefined, traceRatio: 0, metricsPort: 0 };
  metrics = await startMetrics(
    { telemetry, name: 'probe-1', mode: 'development' },
    'probe',
    createLogger({ name: 'probe-1', level: 'info', destination }),
  );
  const ready = lines.find((line) => line.includes('probe.metrics.ready')) ?? '';
  const { port }: { readonly port: number } = JSON.parse(ready);
  url = `http://127.0.0.1:${port}`;
  const meter = api.getMeter('test');
  meter.createCounter('longspan.test.events', { unit: '{event}' }).add(3, { how: 'live' });
  meter.createCounter('longspan.test.size', { unit: 'By' }).add(5);
  meter.createObservableGauge('longspan.test.waiting').addCallback((result) => result.observe(7));
  const advice = { explicitBucketBoundaries: [0.5, 1] };
  const duration = meter.createHistogram('longspan.test.duration', { unit: 's', advice });
  for (const seconds of [0.25, 1, 2]) duration.record(seconds);
});
afterAll(() => metrics?.[Symbol.asyncDispose]());

test('Prometheus reads names that end with the unit', async () => {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split('\n');
  expect(lines).toContain('longspan_test_events_total{how="live"} 3');
  expect(lines).toContain('longspan_test_size_bytes_total 5');
  expect(lines).toContain('longspan_test_waiting 7');
  expect(lines).toContain('longspan_test_duration_seconds_bucket{le="1"} 2');
  expect(text).toMatch(/^process_memory_usage_bytes [1-9]/m);
  expect(text).toContain('service_name="probe"');
});

test('a status tells the same by their own names', async () => {
  const status = await metrics.status();
  expect(status).toMatchObject({ service: 'probe', name: 'probe-1', version: expect.any(String) as string });
  const told = new Map(status.metrics.map((metric) => [metric.name, metric]));
  expect(told.get('longspan.test.events')).toEqual({
    name: 'longspan.test.events',
    kind: 'counter',
    unit: '',
    points: [{ labels: { how: 'live' }, value: 3 }],
  });
  expect(told.get('longspan.test.size')).toMatchObject({ kind: 'counter', unit: 'By' });
  expect(told.get('longspan.test.waiting')).toMatchObject({ kind: 'gauge', unit: '' });
  expect(told.get('longspan.test.duration')).toEqual({
    name: 'longspan.test.duration',
    kind: 'histogram',
    unit: 's',
    points: [{ labels: {}, count: 3, sum: 3.25, boundaries: [0.5, 1], counts: [1, 1, 1] }],
  });
});

test('the endpoint has nothing else', async () => {
  expect((await fetch(`${url}/`)).status).toBe(404);
  expect((await fetch(`${url}/metrics/x`)).status).toBe(404);
});
