import type { Heads, LiveEvent } from '@longspan/broker';
import { SEQ_ZERO, unreachable, type Seq, type UserId } from '@longspan/protocol';
import type { Entry } from '../entry.ts';
import {
  deliveredOf,
  standingOf,
  knownOf,
  newFeed,
  stepFeed,
  type Confirmed,
  type Feed,
  type FeedEffect,
  type FeedInput,
  type Standing,
} from '../feed.ts';
import type { FeedView } from '../session.ts';
import { Tail } from '../tail.ts';
import type { SessionModel } from './session-model.ts';
import type { Surroundings } from './surroundings.ts';

const NOT_CONFIRMED: Confirmed = { barrier: SEQ_ZERO, head: SEQ_ZERO };

/** Runs one user's feed on an edge, as the edge's shell does: its effects, its tail, its sessions. */
export class FeedModel {
  readonly user: UserId;
  readonly sessions = new Set<SessionModel>();
  readonly #around: Surroundings;
  #since: Seq;
  readonly #tail = new Tail();
  #feed: Feed = newFeed();
  #ageFloor: Seq | undefined;
  #due: Entry[] = [];

  /** @param since everything that it will receive live was committed after this. */
  constructor(user: UserId, since: Seq, around: Surroundings) {
    this.user = user;
    this.#since = since;
    this.#around = around;
  }

  get delivered(): Seq {
    return deliveredOf(this.#feed);
  }

  get standing(): Standing {
    return standingOf(this.#feed);
  }

  get waitsForRound(): boolean {
    return this.#feed.kind === 'joining' || [...this.sessions].some((session) => session.waitsForRound);
  }

  /** Up to where age may discard: events last longer than a join takes, and than rounds are apart. */
  get mayAgeTo(): Seq {
    const covered = this.#feed.kind === 'joining' ? this.#since : this.#feed.confirmed.barrier;
    return Math.min(covered, this.#ageFloor ?? covered) as Seq;
  }

  get settled(): boolean {
    return (
      this.#feed.kind === 'live' &&
      this.#due.length === 0 &&
      [...this.sessions].every((s) => s.kind === 'live')
    );
  }

  toString(): string {
    const feed = this.#feed;
    const until = feed.kind === 'repairing' ? ` until ${feed.until}` : '';
    return `feed ${this.user} ${feed.kind} ${this.delivered}${until}`;
  }

  view(): FeedView {
    const { epoch, keepPerUser } = this.#around.log;
    return {
      epoch,
      keepPerUser,
      known: knownOf(this.#feed),
      confirmed: this.#feed.kind === 'joining' ? NOT_CONFIRMED : this.#feed.confirmed,
      ageFloor: this.#ageFloor ?? SEQ_ZERO,
      tailAfter: (seq) => this.#tail.after(seq),
    };
  }

  live(event: LiveEvent): void {
    this.#input({ type: 'live', event });
  }

  confirmed(round: number, confirmed: Confirmed, before: Standing, { ageFloor }: Heads): void {
    this.#ageFloor = ageFloor;
    this.#input({ type: 'synced', confirmed, before });
    this.#handOn();
    for (const session of this.#waiting(round)) session.input({ type: 'synced', feed: this.view() });
  }

  unconfirmed(round: number, { lastOf, ageFloor }: Heads): void {
    this.#ageFloor = ageFloor;
    const { epoch } = this.#around.log;
    const head = lastOf.get(this.user) ?? SEQ_ZERO;
    for (const session of this.#waiting(round)) session.input({ type: 'unsynced', epoch, head });
  }

  reset(): void {
    this.#input({ type: 'reset' });
    this.#ageFloor = SEQ_ZERO;
    this.#since = SEQ_ZERO;
    this.#tail.clear();
    this.#due = [];
    const { epoch } = this.#around.log;
    for (const session of this.sessions) session.input({ type: 'reset', epoch });
  }

  #waiting(round: number): SessionModel[] {
    return [...this.sessions].filter((session) => session.waitsForRound && session.since <= round);
  }

  #input(input: FeedInput): void {
    const before = this.toString();
    const { feed, effects } = stepFeed(this.#feed, input);
    this.#feed = feed;
    this.#around.trace(() => `${before} + ${shown(input)} -> ${this}`);
    for (const effect of effects) this.#run(effect);
  }

  #run(effect: FeedEffect): void {
    switch (effect.type) {
      case 'deliver':
        if (this.#due.length === 0) this.#around.later('turn ends', () => this.#handOn());
        this.#due.push(...effect.entries);
        return;
      case 'gap':
        this.#handOn();
        for (const session of this.sessions) session.input(effect);
        return;
      case 'rewound':
        this.#handOn();
        this.#tail.clear();
        for (const session of this.sessions) session.input(effect);
        return;
      case 'read':
        return this.#read(effect.read, effect.from);
      default:
        return unreachable(effect);
    }
  }

  #handOn(): void {
    if (this.#due.length === 0) return;
    const entries = this.#due;
    this.#due = [];
    let behind = false;
    for (const session of this.sessions) {
      session.live(entries);
      behind ||= session.kind !== 'live';
    }
    if (behind) this.#tail.push(entries);
    else this.#tail.clear();
  }

  #read(read: number, from: Seq): void {
    readPage(this.#around, this.user, from, (page) => {
      if (page === undefined) return this.#input({ type: 'read_failed', read });
      const { keepPerUser } = this.#around.log;
      this.#input({ type: 'page', read, page, keepPerUser, ageFloor: this.#ageFloor ?? SEQ_ZERO });
    });
  }
}

/** Reads a page at some later moment from some replica, and answers later still. */
export function readPage(
  around: Surroundings,
  user: UserId,
  from: Seq,
  done: (page: ReturnType<Surroundings['log']['page']> | undefined) => void,
): void {
  const { log, random, faults } = around;
  around.later(`read ${user} from ${from}`, () => {
    const { line, epoch } = log;
    const replica = random.below(log.replicas.length);
    const failed = random.chance(faults.readFailure);
    const page = failed ? undefined : log.page(replica, user, from, around.pageEventsMax, random);
    around.later(`page for ${user}`, () => {
      // Losing power breaks connections, and their answers are lost; those of a deleted stream may still come.
      const lost = log.line !== line && log.epoch === epoch;
      done(lost ? undefined : page);
    });
  });
}

/** For traces: without payloads and views. */
export function shown(value: unknown): string {
  return JSON.stringify(value, (key, part: unknown) =>
    key === 'payload' || key === 'feed' ? undefined : part,
  );
}
