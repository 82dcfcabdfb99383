import { moment } from '../moment.ts';

/** Something that should have been settled by its deadline. */
export interface Overdue {
  readonly what: string;
  /** How long it took, in milliseconds, or how long it has been waited for; then it is `pending`. */
  readonly ms: number;
  readonly pending: boolean;
}

/**
 * Watches promises that must settle: whichever way, but in time. A deadlock is a promise that never does, and nobody
 * sees it unless somebody waits.
 */
export class Watchdog {
  readonly #deadlineMs: number;
  readonly #pending = new Map<object, { readonly what: string; readonly sinceMs: number }>();
  readonly #late: Overdue[] = [];
  #watched = 0;
  #longestMs = 0;

  /** @param deadlineMs what takes longer is overdue. */
  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  /** How many promises it has watched. */
  get watched(): number {
    return this.#watched;
  }

  /** The longest time that a promise took, in milliseconds. */
  get longestMs(): number {
    return this.#longestMs;
  }

  /** What is or was late, whether it has settled since or not. */
  get overdue(): readonly Overdue[] {
    const pending = [...this.#pending.values()]
      .map(({ what, sinceMs }) => ({ what, ms: moment() - sinceMs, pending: true }))
      .filter(({ ms }) => ms > this.#deadlineMs);
    return [...this.#late, ...pending];
  }

  /** Watches `promise`, which stays the caller's: its result and its errors are not looked at here. */
  watch<T>(what: string, promise: Promise<T>): Promise<T> {
    const sinceMs = moment();
    const key = {};
    this.#watched += 1;
    this.#pending.set(key, { what, sinceMs });
    const settled = (): void => {
      this.#pending.delete(key);
      const ms = moment() - sinceMs;
      this.#longestMs = Math.max(this.#longestMs, ms);
      if (ms > this.#deadlineMs) this.#late.push({ what, ms, pending: false });
    };
    promise.then(settled, settled);
    return promise;
  }
}
