import { documentedMetrics, prometheusLabel, prometheusSeries } from '@longspan/testkit';
import { readRules } from './deployment.ts';
import { selectorsOf } from './selectors.ts';

/** What Prometheus itself tells, and by which labels. */
const OF_PROMETHEUS: readonly (readonly [string, readonly string[]])[] = [
  ['up', []],
  ['ALERTS', ['alertname', 'alertstate', 'severity']],
];

/**
 * What is wrong with queries: the metrics that docs/telemetry.md does not promise and no rule records, and labels that a metric does
 * not have. Empty where all is well.
 */
export async function unknownIn(queries: readonly string[]): Promise<readonly string[]> {
  const { records } = await readRules();
  const known = new Map<string, readonly string[]>([
    ...OF_PROMETHEUS,
    ...records.map(({ record }) => [record, []] as const),
  ]);
  for (const metric of await documentedMetrics()) {
    const labels = metric.labels.map(prometheusLabel);
    for (const name of prometheusSeries(metric)) known.set(name, labels);
  }
  return queries.flatMap((query) =>
    selectorsOf(query).flatMap(({ metric, labels }) => {
      const has = known.get(metric);
      if (has === undefined) return [`no metric ${metric}: ${query}`];
      return labels
        .filter((label) => !has.includes(label))
        .map((label) => `${metric} has no label ${label}: ${query}`);
    }),
  );
}
