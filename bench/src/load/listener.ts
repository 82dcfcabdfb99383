import { Signal } from '@longspan/testkit';
import { now } from './clock.ts';
import type { BenchEvent } from './event.ts';

/** What one device has been given: it believes nothing and counts what is missing and what comes again. */
export class Listener {
  readonly handlers = {
    event: (event: BenchEvent) => this.#event(event),
    live: () => {
      this.#liveMs = now();
      this.#changed.notify();
    },
    lost: () => {
      this.disconnects += 1;
      this.#liveMs = undefined;
    },
  };
  /** Events that were not there before. */
  seen = 0;
  /** Events left out before one that came. */
  missing = 0;
  repeats = 0;
  disconnects = 0;
  readonly #told: (event: BenchEvent, atMs: number) => void;
  readonly #changed = new Signal();
  /** Since when it is live; undefined while it is not. */
  #liveMs: number | undefined;
  #lastN: number | undefined;
  #lastEventMs = 0;

  constructor(told: (event: BenchEvent, atMs: number) => void) {
    this.#told = told;
  }

  /** Resolves to when it became live. */
  async untilLive(withinMs: number): Promise<number> {
    await this.#changed.until('a device is live', () => this.#liveMs !== undefined, withinMs);
    return this.#liveMs ?? now();
  }

  /**
   * Resolves to when it was live on a connection made after `sinceMs` and had its `n`th event; to undefined if that does not come
   * about in time.
   */
  async untilResumed(sinceMs: number, n: number, withinMs: number): Promise<number | undefined> {
    const has = () =>
      this.#liveMs !== undefined && this.#liveMs > sinceMs && (n === 0 || (this.#lastN ?? 0) >= n);
    const inTime = await this.#changed.until('a device has resumed', has, withinMs).then(
      () => true,
      () => false,
    );
    return inTime ? Math.max(this.#liveMs ?? 0, n === 0 ? 0 : this.#lastEventMs) : undefined;
  }

  #event(event: BenchEvent): void {
    const atMs = now();
    const n = event.data?.n ?? 0;
    const last = this.#lastN ?? n - 1;
    if (n <= last) {
      this.repeats += 1;
    } else {
      this.missing += n - last - 1;
      this.seen += 1;
      this.#lastN = n;
      this.#lastEventMs = atMs;
    }
    this.#told(event, atMs);
    this.#changed.notify();
  }
}
