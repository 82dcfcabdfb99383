import type { Percentiles } from '@longspan/protocol';
import type { Histogram } from './readings.ts';

const MS_PER_S = 1_000;

/**
 * Percentiles of a histogram of seconds, in milliseconds; null where it is empty. Within a bucket values are taken to
 * lie evenly, as Prometheus does; what lies above the last boundary counts as being there.
 */
export function percentilesOf(histogram: Histogram | undefined): Percentiles | null {
  const total = histogram?.counts.reduce((sum, count) => sum + count, 0) ?? 0;
  if (histogram === undefined || total === 0) return null;
  const at = (part: number): number => round(valueAt(histogram, part * total) * MS_PER_S);
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

function valueAt({ boundaries, counts }: Histogram, rank: number): number {
  let below = 0;
  for (const [bucket, count] of counts.entries()) {
    const upper = boundaries[bucket];
    if (upper === undefined) break;
    if (count > 0 && below + count >= rank) {
      const lower = boundaries[bucket - 1] ?? 0;
      return lower + ((upper - lower) * (rank - below)) / count;
    }
    below += count;
  }
  return boundaries.at(-1) ?? 0;
}

/** Three digits are more than buckets tell. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}
