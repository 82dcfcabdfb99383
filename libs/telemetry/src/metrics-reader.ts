import type { Metric } from '@longspan/protocol';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { DataPointType, type CollectionResult, type MetricData } from '@opentelemetry/sdk-metrics';

/** What Prometheus calls the units that we use; other units, such as `{event}`, are numbers of things. */
const UNIT_NAMES: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes', '1': 'ratio' };

/**
 * The one reader of this process's metrics: as Prometheus reads them, and as a status tells them. Prometheus' names end
 * with the unit, as OpenTelemetry's translation has it; the exporter that this builds upon leaves it out.
 */
export class MetricsReader extends PrometheusExporter {
  constructor() {
    super({ preventServerStart: true, withoutScopeInfo: true });
  }

  /** Called for each scrape. */
  override async collect(): Promise<CollectionResult> {
    const { resourceMetrics, errors } = await super.collect();
    const scopeMetrics = resourceMetrics.scopeMetrics.map(({ scope, metrics }) => ({
      scope,
      metrics: metrics.map(withUnitInName),
    }));
    return { resourceMetrics: { ...resourceMetrics, scopeMetrics }, errors };
  }

  async snapshot(): Promise<readonly Metric[]> {
    const { resourceMetrics } = await super.collect();
    return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics.flatMap(metricOf));
  }
}

function withUnitInName(data: MetricData): MetricData {
  const { name, unit } = data.descriptor;
  const suffix = UNIT_NAMES[unit];
  if (suffix === undefined) return data;
  return { ...data, descriptor: { ...data.descriptor, name: `${name}.${suffix}` } };
}

function metricOf(data: MetricData): readonly Metric[] {
  const { name, unit } = data.descriptor;
  switch (data.dataPointType) {
    case DataPointType.SUM:
    case DataPointType.GAUGE: {
      const isCounter = data.dataPointType === DataPointType.SUM && data.isMonotonic;
      const points = data.dataPoints.map(({ attributes, value }) => ({
        labels: labelsOf(attributes),
        value,
      }));
      return [{ name, kind: isCounter ? 'counter' : 'gauge', unit: plain(unit), points }];
    }
    case DataPointType.HISTOGRAM: {
      const points = data.dataPoints.map(({ attributes, value: { count, sum = 0, buckets } }) => {
        return { labels: labelsOf(attributes), count, sum, ...buckets };
      });
      return [{ name, kind: 'histogram', unit: plain(unit), points }];
    }
    // Nobody here asks for exponential buckets.
    default:
      return [];
  }
}

function labelsOf(attributes: MetricData['dataPoints'][number]['attributes']): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)]));
}

/** `{event}` says what is counted, which the name does, too. */
function plain(unit: string): string {
  return unit.startsWith('{') ? '' : unit;
}
