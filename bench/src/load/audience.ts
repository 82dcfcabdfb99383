import { LatencyRecorder, type LatencyParcel } from '@longspan/testkit';
import type { Access, Device, SystemClients } from '../systems/clients.ts';
import { signToken } from '../systems/tokens.ts';
import { now } from './clock.ts';
import type { BenchEvent } from './event.ts';
import { Listener } from './listener.ts';

/** A device that is to be connected. */
export interface DevicePlan {
  readonly user: string;
  readonly startAt: number;
  readonly from: 'latest' | 'earliest';
}

/** What the readers of one process have seen so far. */
export interface AudienceReport {
  /** From when an event was due to its callback, of the events that were due within the window. */
  readonly latency: LatencyParcel;
  readonly seen: number;
  readonly missing: number;
  readonly repeats: number;
  readonly disconnects: number;
}

export interface Resumption {
  /** From the moment asked for to each device's end of resuming. */
  readonly durations: LatencyParcel;
  readonly resumed: number;
  readonly devices: number;
  /** Of the last to resume, in milliseconds. */
  readonly lastMs: number;
}

const LIVE_WITHIN_MS = 120_000;

/** All devices of one process. */
export class Audience implements AsyncDisposable {
  #latency = new LatencyRecorder();
  readonly #listeners: Listener[] = [];
  readonly #devices: Device[] = [];
  #fromMs = Number.POSITIVE_INFINITY;
  #toMs = Number.POSITIVE_INFINITY;
  #arrived = 0;
  #onArrival: ((event: BenchEvent) => void) | undefined;

  /** Callbacks that have been called so far. */
  get arrived(): number {
    return this.#arrived;
  }

  /**
   * Connects more devices, some at once, and resolves when all are live; rejects if that takes minutes.
   * @returns how long each took, from the making of its client.
   */
  async connect(
    clients: SystemClients,
    access: Access,
    plans: readonly DevicePlan[],
    atOnce: number,
  ): Promise<LatencyParcel> {
    const { connect } = clients;
    if (connect === undefined) throw new Error('this system has no readers');
    const durations = new LatencyRecorder();
    const waiting = plans.toReversed();
    const connectNext = async (): Promise<void> => {
      for (let plan = waiting.pop(); plan !== undefined; plan = waiting.pop()) {
        const token = await signToken(plan.user);
        const listener = new Listener((event, atMs) => this.#event(event, atMs));
        this.#listeners.push(listener);
        const startedMs = now();
        this.#devices.push(connect(access, { ...plan, token, ...listener.handlers }));
        durations.record((await listener.untilLive(LIVE_WITHIN_MS)) - startedMs);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, connectNext));
    return durations.parcel();
  }

  /** From now on, the latency of events due within this time is measured, and of no others. */
  measure(fromMs: number, toMs: number): void {
    this.#latency = new LatencyRecorder();
    this.#fromMs = fromMs;
    this.#toMs = toMs;
  }

  report(): AudienceReport {
    const sum = (of: (listener: Listener) => number) =>
      this.#listeners.reduce((total, listener) => total + of(listener), 0);
    return {
      latency: this.#latency.parcel(),
      seen: sum(({ seen }) => seen),
      missing: sum(({ missing }) => missing),
      repeats: sum(({ repeats }) => repeats),
      disconnects: sum(({ disconnects }) => disconnects),
    };
  }

  /**
   * Resolves when every device is live again on a connection that it made after `sinceMs` and has had its `n`th event, or when
   * the time is over.
   */
  async resumed(sinceMs: number, n: number, withinMs: number): Promise<Resumption> {
    const durations = new LatencyRecorder();
    let [resumed, lastMs] = [0, 0];
    await Promise.all(
      this.#listeners.map(async (listener) => {
        const atMs = await listener.untilResumed(sinceMs, n, withinMs);
        if (atMs === undefined) return;
        resumed += 1;
        lastMs = Math.max(lastMs, atMs - sinceMs);
        durations.record(atMs - sinceMs);
      }),
    );
    return { durations: durations.parcel(), resumed, devices: this.#listeners.length, lastMs };
  }

  /** Resolves to when the first event was given to a callback that was due at `dueMs` or later; rejects after `withinMs`. */
  async firstDueFrom(dueMs: number, withinMs: number): Promise<number> {
    const first = Promise.withResolvers<number>();
    const timeout = setTimeout(() => first.reject(new Error(`no event within ${withinMs} ms`)), withinMs);
    this.#onArrival = ({ data }) => {
      if (data !== undefined && data.due >= dueMs) first.resolve(now());
    };
    try {
      return await first.promise;
    } finally {
      clearTimeout(timeout);
      this.#onArrival = undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#devices.map((device) => device.close()));
  }

  #event(event: BenchEvent, atMs: number): void {
    this.#arrived += 1;
    const due = event.data?.due ?? 0;
    if (due >= this.#fromMs && due < this.#toMs) this.#latency.record(atMs - due);
    this.#onArrival?.(event);
  }
}
