import type { ServiceStatus } from '@longspan/protocol';
import { histogramOf, histogramSince, valueOf, type Histogram } from './readings.ts';

/** Rates and percentiles are those of the last so many milliseconds. */
const WINDOW_MS = 5_000;
const MS_PER_S = 1_000;

/** One process, as its latest statuses tell it: gauges as they are, counters and histograms by what came to them. */
export class HeardService {
  /** Within the window, the latest last; one at least. */
  readonly #statuses: readonly ServiceStatus[];
  /** When the latest arrived here, by this process's clock. */
  readonly heardMs: number;

  constructor(statuses: readonly ServiceStatus[], heardMs: number) {
    this.#statuses = statuses;
    this.heardMs = heardMs;
  }

  get latest(): ServiceStatus {
    const latest = this.#statuses.at(-1);
    if (latest === undefined) throw new Error('a service that was never heard');
    return latest;
  }

  /** The service after another status. What an earlier process of this name still had under way is ignored. */
  hears(status: ServiceStatus, nowMs: number): HeardService {
    const { startedMs, atMs } = this.latest;
    if (status.startedMs < startedMs) return this;
    if (status.startedMs > startedMs || status.atMs < atMs) return new HeardService([status], nowMs);
    const recent = this.#statuses.filter((one) => status.atMs - one.atMs <= WINDOW_MS);
    return new HeardService([...recent, status], nowMs);
  }

  gauge(name: string, labels?: Readonly<Record<string, string>>): number | undefined {
    return valueOf(this.latest, name, labels);
  }

  /** What a counter has counted since the process started. */
  count(name: string, labels?: Readonly<Record<string, string>>): number {
    return valueOf(this.latest, name, labels) ?? 0;
  }

  /** What is counted in a second. */
  rate(name: string, labels?: Readonly<Record<string, string>>): number {
    const { fromMs, status } = this.#before();
    const seconds = (this.latest.atMs - fromMs) / MS_PER_S;
    if (seconds <= 0) return 0;
    const before = status === undefined ? 0 : (valueOf(status, name, labels) ?? 0);
    return Math.max(0, this.count(name, labels) - before) / seconds;
  }

  /** The values that a histogram has taken in; undefined where it is not known which are new. */
  recent(name: string): Histogram | undefined {
    const later = histogramOf(this.latest, name);
    const { fromMs, status } = this.#before();
    if (later === undefined || fromMs === this.latest.atMs) return undefined;
    return histogramSince(later, status && histogramOf(status, name));
  }

  /** Where the window begins: an earlier status or, with everything at 0, a start that was just now. */
  #before(): { readonly fromMs: number; readonly status?: ServiceStatus } {
    const { latest } = this;
    if (latest.atMs - latest.startedMs <= WINDOW_MS) return { fromMs: latest.startedMs };
    const [status = latest] = this.#statuses;
    return { fromMs: status.atMs, status };
  }
}
