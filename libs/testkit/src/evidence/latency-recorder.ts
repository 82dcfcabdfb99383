import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';
import type { Distribution, LatencyWindow } from './findings.ts';

const MICROS_PER_MS = 1_000;
const WINDOW_MS = 1_000;
/** An hour, in microseconds. */
const LONGEST_MICROS = 3_600_000_000;

/** A recorder's content in a form that crosses threads and processes. */
export interface LatencyParcel {
  readonly total: string;
  /** By the second of the Unix epoch in which they were recorded. */
  readonly windows: readonly (readonly [second: number, encoded: string])[];
}

/** Durations of one kind: their whole distribution (HdrHistogram, three digits), and that of each second. */
export class LatencyRecorder {
  readonly #total = newHistogram();
  readonly #windows = new Map<number, Histogram>();

  get count(): number {
    return this.#total.totalCount;
  }

  /** The value in milliseconds below which `percentile` (0 to 100) per cent lie; 0 without any. */
  percentileMs(percentile: number): number {
    return this.#total.getValueAtPercentile(percentile) / MICROS_PER_MS;
  }

  /** @param ms the duration; what is below 0 counts as 0, what is above an hour as an hour. */
  record(ms: number): void {
    const micros = Math.min(LONGEST_MICROS, Math.max(0, Math.round(ms * MICROS_PER_MS)));
    this.#total.recordValue(micros);
    this.#window(Math.floor(Date.now() / WINDOW_MS)).recordValue(micros);
  }

  /** Adds what a recorder in another thread or process has. */
  add({ total, windows }: LatencyParcel): void {
    this.#total.add(decodeFromCompressedBase64(total));
    for (const [second, encoded] of windows) this.#window(second).add(decodeFromCompressedBase64(encoded));
  }

  parcel(): LatencyParcel {
    const encoded = [...this.#windows].map(
      ([second, window]) => [second, encodeIntoCompressedBase64(window)] as const,
    );
    return { total: encodeIntoCompressedBase64(this.#total), windows: encoded };
  }

  /** @param epochMs the moment from which the windows count. */
  distribution(name: string, epochMs: number): Distribution {
    const total = this.#total;
    const at = (percentile: number) => this.percentileMs(percentile);
    const windows = [...this.#windows]
      .toSorted(([a], [b]) => a - b)
      .map(([second, window]): LatencyWindow => ({
        atMs: Math.max(0, second * WINDOW_MS - epochMs),
        count: window.totalCount,
        p50: window.getValueAtPercentile(50) / MICROS_PER_MS,
        p99: window.getValueAtPercentile(99) / MICROS_PER_MS,
        max: window.maxValue / MICROS_PER_MS,
      }));
    return {
      name,
      count: total.totalCount,
      min: total.totalCount === 0 ? 0 : total.minNonZeroValue / MICROS_PER_MS,
      mean: total.mean / MICROS_PER_MS,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      max: total.maxValue / MICROS_PER_MS,
      encoded: encodeIntoCompressedBase64(total),
      windows,
    };
  }

  #window(second: number): Histogram {
    const known = this.#windows.get(second);
    if (known !== undefined) return known;
    const window = newHistogram();
    this.#windows.set(second, window);
    return window;
  }
}

function newHistogram(): Histogram {
  return build({
    bitBucketSize: 'packed',
    highestTrackableValue: LONGEST_MICROS,
    numberOfSignificantValueDigits: 3,
  });
}
