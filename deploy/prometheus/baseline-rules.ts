/** As much of tests/performance/baseline.json as alerts are compared with. */
export interface StoredBaseline {
  readonly machine: string;
  readonly entries: Readonly<Record<string, { readonly value: number }>>;
  readonly figures: Readonly<Record<string, { readonly value: number }>>;
}

const THROUGHPUT = 'End-to-end throughput';
const P99 = 'Publish to callback at 1,000 events/s, p99';
/** So many share the throughput that was measured, each at most a core: what one carries is at least its share. */
const EDGES_MEASURED = 2;

/**
 * The rules that make constants of the stored baseline, as a file for Prometheus.
 * @throws RangeError if the baseline lacks a figure.
 */
export function baselineRules({ machine, entries, figures }: StoredBaseline): string {
  const perEdge = Math.round(valueOf(entries, THROUGHPUT) / EDGES_MEASURED);
  const p99Seconds = Number((valueOf(figures, P99) / 1_000).toPrecision(4));
  return `# Written by deploy/prometheus/write-baseline.ts from tests/performance/baseline.json, which was measured on:
# ${machine}
groups:
  - name: longspan-baseline
    rules:
      # From publish to the application's callback, at 1,000 events/s.
      - record: longspan:baseline:delivery_latency_seconds_p99
        expr: ${p99Seconds}
      # Half of what two edges delivered end to end.
      - record: longspan:baseline:edge_delivered_per_busy_second
        expr: ${perEdge}
`;
}

function valueOf(figures: StoredBaseline['figures'], name: string): number {
  const figure = figures[name];
  if (figure === undefined) throw new RangeError(`the baseline has no ${name}`);
  return figure.value;
}
