import { shardOf } from '@longspan/broker';
import type { UserId } from '@longspan/protocol';
import type { Committed, Published, PublishOutcome, StreamFacts } from './logs.ts';

/** A user's events, each by its number. */
export interface UserTruth {
  readonly user: string;
  /** In the order of publishing. */
  readonly published: number[];
  /** In the order of the stream. */
  readonly committed: number[];
}

/**
 * What publishers and stream say, laid out in columns: every event has a number, the published ones in the order of
 * publishing. A million events take a map and a few arrays of numbers.
 */
export class Truth {
  readonly streams: readonly StreamFacts[];
  readonly users = new Map<string, UserTruth>();
  /** Events that the stream holds under an id that it holds already, by number, with the place of the second one. */
  readonly committedAgain: { readonly event: number; readonly seq: number }[] = [];
  /** Events published for one user and committed for another, by number, with that other one. */
  readonly strayed: { readonly event: number; readonly user: string; readonly seq: number }[] = [];
  committedCount = 0;
  acknowledgedCount = 0;
  readonly #numberOf = new Map<string, number>();
  readonly #ids: string[] = [];
  readonly #owners: UserTruth[] = [];
  readonly #publishers: (string | undefined)[] = [];
  readonly #outcomes: (PublishOutcome | undefined)[] = [];
  readonly #receipts: number[] = [];
  readonly #places: number[] = [];
  readonly #kept: boolean[] = [];

  constructor(
    published: Iterable<Published>,
    committed: Iterable<Committed>,
    streams: readonly StreamFacts[] = [],
  ) {
    this.streams = streams;
    for (const event of published) this.#addPublished(event);
    for (const event of committed) this.#addCommitted(event);
    for (const { committed: events } of this.users.values()) this.#sortByPlace(events);
  }

  /** How many events there are, published or committed. */
  get size(): number {
    return this.#ids.length;
  }

  /** The facts of the stream that holds the user's events: told by the shard, which is a hash of the user. */
  streamOf(user: string): StreamFacts | undefined {
    const shard = this.streams.length === 0 ? 0 : shardOf(user as UserId, this.streams.length);
    return this.streams[shard];
  }

  numberOf(id: string): number | undefined {
    return this.#numberOf.get(id);
  }

  idOf(event: number): string {
    return this.#ids[event] ?? '';
  }

  ownerOf(event: number): string {
    return this.#owners[event]?.user ?? '';
  }

  /** Undefined for an event that is in the stream and in no publisher's log. */
  outcomeOf(event: number): PublishOutcome | undefined {
    return this.#outcomes[event];
  }

  publisherOf(event: number): string | undefined {
    return this.#publishers[event];
  }

  /** The sequence that the publisher was told; 0 if it kept none. */
  receiptOf(event: number): number {
    return this.#receipts[event] ?? 0;
  }

  isKept(event: number): boolean {
    return this.#kept[event] === true;
  }

  /** Its sequence, by the stream or, if it is not kept, by whoever named it first; 0 if nobody has. */
  placeOf(event: number): number {
    return this.#places[event] ?? 0;
  }

  /** Remembers where a client saw an event that the stream does not hold any more. */
  sighted(event: number, seq: number): void {
    if (this.placeOf(event) === 0) this.#places[event] = seq;
  }

  /** How many events of the user the stream holds after `from` up to and including `to`. */
  keptBetween(user: string, from: number, to: number): number {
    const events = this.users.get(user)?.committed ?? [];
    return this.#firstAfter(events, to) - this.#firstAfter(events, from);
  }

  #firstAfter(events: readonly number[], seq: number): number {
    let [low, high] = [0, events.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.placeOf(events[middle] ?? 0) > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #addPublished({ publisher, user, id, outcome, seq = 0 }: Published): void {
    if (outcome === 'acknowledged') this.acknowledgedCount += 1;
    const owner = this.#user(user);
    const known = this.#numberOf.get(id);
    if (known !== undefined) {
      // Published again under the same id, which is the same event: the better answer counts.
      if (outcome === 'acknowledged') this.#outcomes[known] = outcome;
      return;
    }
    const event = this.#add(id, owner);
    this.#publishers[event] = publisher;
    this.#outcomes[event] = outcome;
    this.#receipts[event] = seq;
    this.#places[event] = seq;
    owner.published.push(event);
  }

  #addCommitted({ user, id, seq }: Committed): void {
    this.committedCount += 1;
    const known = this.#numberOf.get(id);
    if (known !== undefined && this.isKept(known)) {
      this.committedAgain.push({ event: known, seq });
      return;
    }
    const event = known ?? this.#add(id, this.#user(user));
    if (this.ownerOf(event) !== user) this.strayed.push({ event, user, seq });
    this.#kept[event] = true;
    this.#places[event] = seq;
    this.#user(user).committed.push(event);
  }

  #add(id: string, owner: UserTruth): number {
    const event = this.#ids.length;
    this.#numberOf.set(id, event);
    this.#ids.push(id);
    this.#owners.push(owner);
    this.#kept.push(false);
    this.#places.push(0);
    return event;
  }

  #user(user: string): UserTruth {
    let known = this.users.get(user);
    if (known === undefined) {
      known = { user, published: [], committed: [] };
      this.users.set(user, known);
    }
    return known;
  }

  /** A dump comes in the stream's order; one that was put together from parts may not. */
  #sortByPlace(events: number[]): void {
    const inOrder = events.every(
      (event, i) => i === 0 || this.placeOf(events[i - 1] ?? 0) <= this.placeOf(event),
    );
    if (!inOrder) events.sort((a, b) => this.placeOf(a) - this.placeOf(b));
  }
}
