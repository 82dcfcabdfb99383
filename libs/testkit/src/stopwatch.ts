import type { LatencyRecorder } from './evidence/latency-recorder.ts';
import { moment } from './moment.ts';

/** Where a client puts what it measures; what is left out is not measured. */
export interface Timings {
  /** From an event's `sentMs` to the application's callback, for events sent while it wished to have them. */
  readonly latency?: LatencyRecorder | undefined;
  /** From the loss of a connection to being live again. A time offline by the application's wish does not count. */
  readonly reconnect?: LatencyRecorder | undefined;
}

/** Measures one client, by what its owner tells. */
export class Stopwatch {
  readonly #timings: Timings;
  /** Since when it wishes to be connected; undefined while it does not. */
  #presentMs: number | undefined = moment();
  #wasLive = false;
  #lostMs: number | undefined;

  constructor(timings: Timings) {
    this.#timings = timings;
  }

  /** The callback has an event with this data; events that do not say when they were sent are not measured. */
  event(data: unknown): void {
    const sentMs = sentMsOf(data);
    if (sentMs === undefined || this.#presentMs === undefined) return;
    // What was sent before that waited for the client, not for the bridge.
    if (sentMs >= this.#presentMs) this.#timings.latency?.record(moment() - sentMs);
  }

  live(): void {
    this.#presentMs ??= moment();
    if (this.#lostMs !== undefined) this.#timings.reconnect?.record(moment() - this.#lostMs);
    this.#lostMs = undefined;
    this.#wasLive = true;
  }

  lost(): void {
    if (this.#wasLive) this.#lostMs ??= moment();
  }

  /** The application wants no connection; its next attempt is as good as a loss. */
  away(): void {
    this.#presentMs = undefined;
    this.#lostMs = undefined;
  }
}

function sentMsOf(data: unknown): number | undefined {
  if (typeof data !== 'object' || data === null || !('sentMs' in data)) return undefined;
  return typeof data.sentMs === 'number' ? data.sentMs : undefined;
}
