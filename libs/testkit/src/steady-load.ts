import { setTimeout as sleep } from 'node:timers/promises';
import type { Published, PublishOutcome } from './audit/logs.ts';
import { moment } from './moment.ts';
import { Signal } from './signal.ts';

/** No lane looks more often than this. */
const TICK_MS = 20;
const RETRY_AFTER_MS = 100;
const BATCH_MAX = 100;

/** An event as a test publishes it; the id is unique in the run. */
export interface LoadEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly data: {
    readonly n: number;
    /** Whose it is, so that a payload that turns up elsewhere can be told. */
    readonly owner: string;
    /** When it was published for the first time, as `moment` tells. */
    readonly sentMs: number;
    readonly pad?: string;
  };
}

/** Publishes events of one user, in order. Rejects with a `RefusedError` if they are not and will not be committed. */
export type Publish = (user: string, events: readonly LoadEvent[], signal: AbortSignal) => Promise<void>;

/** A publish that was answered by a no for good: the events are not in the log and will not be; it fails the run. */
export class RefusedError extends Error {}

export interface LoadOptions {
  readonly users: readonly string[];
  /** Events a second for each user. */
  readonly ratePerUser: number;
  readonly publish: Publish;
  /** Its name in the audit, and a part of its events' ids; unique in the run. A random one by default. */
  readonly name?: string;
  /** Stop by itself after so many events for each user. */
  readonly eventsPerUser?: number;
  /** Makes each event's data larger by so many characters. */
  readonly padChars?: number;
}

interface Lane {
  readonly user: string;
  /** From 0 to 1: how far ahead of the others it is, so that not all users' events are due at one moment. */
  readonly phase: number;
  made: number;
}

/**
 * Publishers at a steady rate, one a user, whatever happens to the system: what is due while a publish is unanswered
 * waits and goes as the next batch, in order, and an unanswered publish is repeated with the same ids until it is
 * answered. The log of what became of each event is the run's independent truth.
 */
export class SteadyLoad implements AsyncDisposable {
  readonly #options: LoadOptions;
  readonly #name: string;
  readonly #outcomes = new Map<string, { readonly user: string; outcome: PublishOutcome }>();
  readonly #lastAcknowledged = new Map<string, string>();
  readonly #changed = new Signal();
  readonly #stopping = new AbortController();
  readonly #givenUp = new AbortController();
  readonly #lanes: Promise<void>;
  readonly #startedMs = performance.now();
  #acknowledged = 0;
  #retries = 0;

  /** Starts to publish. */
  constructor(options: LoadOptions) {
    this.#options = options;
    this.#name = options.name ?? Math.random().toString(36).slice(2, 8);
    const { users } = options;
    const lanes = users.map((user, i) => this.#runLane({ user, phase: i / users.length, made: 0 }));
    this.#lanes = Promise.all(lanes).then(() => undefined);
  }

  /** Every event so far, each user's in the order of publishing, as the audit takes it. */
  get published(): readonly Published[] {
    return [...this.#outcomes].map(([id, { user, outcome }]) => ({
      publisher: this.#name,
      user,
      id,
      outcome,
    }));
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** The id of each user's last acknowledged event; users without one are not in it. */
  get lastIds(): ReadonlyMap<string, string> {
    return this.#lastAcknowledged;
  }

  /** The id of a user's last acknowledged event; throws if there is none. */
  lastAcknowledged(user: string): string {
    const last = this.#lastAcknowledged.get(user);
    if (last === undefined) throw new Error(`nothing was acknowledged for ${user}`);
    return last;
  }

  /** Publishes that had to be repeated. */
  get retries(): number {
    return this.#retries;
  }

  /** Resolves when `count` more events than now have been acknowledged: the system works. */
  async flows(count: number, timeoutMs = 60_000): Promise<void> {
    const goal = this.#acknowledged + count;
    await this.#changed.until(
      `${count} more publishes acknowledged`,
      () => this.#acknowledged >= goal,
      timeoutMs,
    );
  }

  /** Resolves when every user's events have all been published. Only for a load with `eventsPerUser`. */
  async done(): Promise<void> {
    await this.#lanes;
  }

  /** Makes no more events and resolves when all are acknowledged or, after `withinMs`, given up as indeterminate. */
  async stop(withinMs = 60_000): Promise<void> {
    this.#stopping.abort();
    const patience = setTimeout(() => this.#givenUp.abort(), withinMs);
    await this.#lanes.finally(() => clearTimeout(patience));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(0);
  }

  async #runLane(lane: Lane): Promise<void> {
    const { publish, eventsPerUser = Number.POSITIVE_INFINITY } = this.#options;
    while (!this.#stopping.signal.aborted && lane.made < eventsPerUser) {
      const batch = this.#due(lane, eventsPerUser);
      if (batch.length === 0) {
        await sleep(this.#untilDueMs(lane), undefined, { signal: this.#stopping.signal }).catch(
          () => undefined,
        );
        continue;
      }
      await this.#publishUntilAnswered(lane.user, batch, publish);
    }
  }

  get #elapsedS(): number {
    return (performance.now() - this.#startedMs) / 1_000;
  }

  #untilDueMs(lane: Lane): number {
    const dueAtS = (lane.made + 1 - lane.phase) / this.#options.ratePerUser;
    return Math.max(TICK_MS, (dueAtS - this.#elapsedS) * 1_000);
  }

  #due(lane: Lane, eventsPerUser: number): readonly LoadEvent[] {
    const dueNow = Math.floor(this.#elapsedS * this.#options.ratePerUser + lane.phase);
    const batch: LoadEvent[] = [];
    const sentMs = moment();
    while (lane.made < Math.min(dueNow, eventsPerUser) && batch.length < BATCH_MAX) {
      const n = lane.made++;
      const { padChars } = this.#options;
      const id = `${lane.user}-${this.#name}-${n}`;
      const data = {
        n,
        owner: lane.user,
        sentMs,
        ...(padChars === undefined ? {} : { pad: 'x'.repeat(padChars) }),
      };
      batch.push({ id, source: '/load', type: 'tick', data });
      this.#outcomes.set(id, { user: lane.user, outcome: 'indeterminate' });
    }
    return batch;
  }

  async #publishUntilAnswered(user: string, batch: readonly LoadEvent[], publish: Publish): Promise<void> {
    while (!this.#givenUp.signal.aborted) {
      try {
        await publish(user, batch, this.#givenUp.signal);
        this.#settle(batch, 'acknowledged');
        const last = batch.at(-1);
        if (last) this.#lastAcknowledged.set(user, last.id);
        this.#acknowledged += batch.length;
        this.#changed.notify();
        return;
      } catch (error) {
        if (error instanceof RefusedError) {
          this.#settle(batch, 'refused');
          throw error;
        }
        this.#retries += 1;
        await sleep(RETRY_AFTER_MS, undefined, { signal: this.#givenUp.signal }).catch(() => undefined);
      }
    }
  }

  #settle(batch: readonly LoadEvent[], outcome: PublishOutcome): void {
    for (const { id } of batch) {
      const entry = this.#outcomes.get(id);
      if (entry) entry.outcome = outcome;
    }
  }
}
