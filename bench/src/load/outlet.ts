import { LatencyRecorder, Random } from '@longspan/testkit';
import type { EventPublisher } from '../systems/clients.ts';
import { now } from './clock.ts';
import { benchEvent, userName } from './event.ts';
import type { Addressees, PublishReport } from './publisher-calls.ts';

/** More unanswered events than this: the system cannot take the load, and the generator must not run out of memory. */
const UNANSWERED_MAX = 500_000;

/** Publishes the benchmark's events, numbered for each user, and accounts for them. */
export class Outlet {
  readonly addressees: Addressees;
  readonly #publisher: EventPublisher;
  readonly #dataBytes: number;
  readonly #random: Random;
  readonly #numbers: number[] = [];
  #next = 0;
  #unanswered = 0;
  #attended = 0;
  #idleSettled = 0;
  #settled = 0;
  #account = new Account(Number.NEGATIVE_INFINITY);

  constructor(publisher: EventPublisher, addressees: Addressees, dataBytes: number, seed: number) {
    this.#publisher = publisher;
    this.addressees = addressees;
    this.#dataBytes = dataBytes;
    this.#random = new Random(seed);
  }

  get unanswered(): number {
    return this.#unanswered;
  }

  /** Events for users with devices, so far. */
  get attended(): number {
    return this.#attended;
  }

  get settled(): number {
    return this.#settled;
  }

  get idleSettled(): number {
    return this.#idleSettled;
  }

  /** Begins a new account: what is due from this moment on is in its report. */
  account(fromMs: number): Account {
    this.#account = new Account(fromMs);
    return this.#account;
  }

  /** Publishes the next event of a user drawn by chance. */
  toAnybody(dueMs: number): void {
    const { attended, idle, idleShare } = this.addressees;
    const isIdle = idle > 0 && this.#random.chance(idleShare);
    this.toUser(isIdle ? attended + this.#random.below(idle) : this.#random.below(attended), dueMs);
  }

  /** Publishes the next event of the next user in turn; of idle ones in the same part as by chance. */
  toNext(): void {
    if (this.addressees.idle > 0) return this.toAnybody(now());
    this.toUser(this.#next++ % this.addressees.attended, now());
  }

  /** Publishes the next event of this user. Throws if far too many are unanswered. */
  toUser(index: number, dueMs: number): void {
    if (this.#unanswered >= UNANSWERED_MAX)
      throw new Error(`${UNANSWERED_MAX} events are unanswered: this load is too much`);
    const n = (this.#numbers[index] ?? 0) + 1;
    this.#numbers[index] = n;
    const isAttended = index < this.addressees.attended;
    if (isAttended) this.#attended += 1;
    this.#unanswered += 1;
    const account = this.#account;
    account.sent(dueMs, isAttended);
    const user = userName(index);
    this.#publisher.publish(user, benchEvent(user, n, dueMs, this.#dataBytes), (error) => {
      this.#unanswered -= 1;
      this.#settled += 1;
      if (!isAttended) this.#idleSettled += 1;
      account.settled(dueMs, error);
    });
  }
}

/** The account of some of the events. */
class Account {
  readonly #fromMs: number;
  readonly #lag = new LatencyRecorder();
  readonly #acknowledged = new LatencyRecorder();
  #published = 0;
  #attended = 0;
  #failed = 0;
  #firstFailure: string | undefined;

  constructor(fromMs: number) {
    this.#fromMs = fromMs;
  }

  sent(dueMs: number, isAttended: boolean): void {
    this.#published += 1;
    if (isAttended) this.#attended += 1;
    if (dueMs >= this.#fromMs) this.#lag.record(now() - dueMs);
  }

  settled(dueMs: number, error: Error | undefined): void {
    if (error !== undefined) {
      this.#failed += 1;
      this.#firstFailure ??= error.message;
    } else if (dueMs >= this.#fromMs) {
      this.#acknowledged.record(now() - dueMs);
    }
  }

  report(): PublishReport {
    return {
      published: this.#published,
      attended: this.#attended,
      failed: this.#failed,
      firstFailure: this.#firstFailure,
      lag: this.#lag.parcel(),
      acknowledged: this.#acknowledged.parcel(),
    };
  }
}
