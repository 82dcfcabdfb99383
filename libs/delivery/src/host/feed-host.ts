import type { EventLog, ShardId } from '@longspan/broker';
import { SEQ_ZERO, unreachable, type Seq, type UserId } from '@longspan/protocol';
import type { Entry } from '../entry.ts';
import {
  knownOf,
  newFeed,
  standingOf,
  stepFeed,
  type Confirmed,
  type Feed,
  type FeedEffect,
  type FeedInput,
  type Standing,
} from '../feed.ts';
import type { FeedView } from '../feed-view.ts';
import { Tail } from '../tail.ts';
import { asksAgain, type Observer } from './observer.ts';
import type { ReplayReader } from './replay-reader.ts';
import type { SessionFeed, SessionHost } from './session-host.ts';
import type { Turn } from './turn.ts';

const NOT_CONFIRMED: Confirmed = { round: 0, barrier: SEQ_ZERO, head: SEQ_ZERO, ageFloor: SEQ_ZERO };

/** Runs one user's feed on this edge, and hands what it yields to the user's sessions here. */
export class FeedHost implements SessionFeed, Disposable {
  readonly user: UserId;
  readonly shard: ShardId;
  /** When in each interval the user is synced, as a share of it. */
  readonly phase: number;
  readonly sessions = new Set<SessionHost>();
  readonly #log: EventLog;
  readonly #reader: ReplayReader;
  readonly #turn: Turn;
  readonly #observer: Observer;
  readonly #subscription: Disposable;
  readonly #flush = () => this.#handOn();
  #feed: Feed = newFeed();
  /** What is to be handed on at the end of this turn. Mostly nothing is, as with the tail: idle feeds are many. */
  #due: Entry[] | undefined;
  /** Only while some session is catching up. */
  #tail: Tail | undefined;

  constructor(
    user: UserId,
    phase: number,
    log: EventLog,
    reader: ReplayReader,
    turn: Turn,
    observer: Observer,
  ) {
    this.user = user;
    this.phase = phase;
    this.shard = log.shardOf(user);
    this.#log = log;
    this.#reader = reader;
    this.#turn = turn;
    this.#observer = observer;
    this.#subscription = log.subscribe(user, (event) => this.#input({ type: 'live', event }));
  }

  /** What is known counts what sessions have read for themselves: they may be ahead of the feed. */
  get standing(): Standing {
    const { delivered, known } = standingOf(this.#feed);
    let most = known;
    for (const { readTo } of this.sessions) if (readTo > most) most = readTo;
    return { delivered, known: most };
  }

  view(): FeedView {
    const feed = this.#feed;
    const { epoch, keepPerUser } = this.#log.stateOf(this.shard);
    return {
      epoch,
      keepPerUser,
      known: knownOf(feed),
      confirmed: feed.kind === 'joining' ? NOT_CONFIRMED : feed.confirmed,
      tailAfter: (seq) => this.#tail?.after(seq),
    };
  }

  /** A sync round that covered this user ended. */
  confirmed(confirmed: Confirmed, before: Standing): void {
    const wasLive = this.#feed.kind === 'live';
    this.#input({ type: 'synced', confirmed, before });
    if (wasLive && this.#feed.kind === 'repairing') this.#observer.tailFound();
    // What this round made the feed hand on goes before the sessions' own reading, which would go past it.
    this.#handOn();
    for (const session of this.#waiting(confirmed.round))
      session.input({ type: 'synced', feed: this.view() });
  }

  /** A sync round that covered this user failed; `head` is the user's last event as some replica has it. */
  unconfirmed(round: number, head: Seq): void {
    const { epoch } = this.#log.stateOf(this.shard);
    for (const session of this.#waiting(round)) session.input({ type: 'unsynced', epoch, head });
  }

  /** The stream was made anew: all begins again, from a feed that joins and sessions that tell a gap. */
  reset(): void {
    this.#input({ type: 'reset' });
    this.#tail = undefined;
    this.#due = undefined;
    const { epoch } = this.#log.stateOf(this.shard);
    for (const session of this.sessions) session.input({ type: 'reset', epoch });
  }

  get waitsForRound(): boolean {
    return this.#feed.kind === 'joining' || [...this.sessions].some((session) => session.waitsForRound);
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
  }

  #waiting(round: number): SessionHost[] {
    return [...this.sessions].filter((session) => session.waitsForRound && session.since <= round);
  }

  #input(input: FeedInput): void {
    const { feed, effects } = stepFeed(this.#feed, input);
    if (input.type === 'live' && this.#feed.kind === 'live' && feed.kind === 'repairing') {
      this.#observer.chainBroke();
    }
    if (input.type === 'page' && effects.some(asksAgain)) this.#observer.staleRead();
    this.#feed = feed;
    for (const effect of effects) this.#run(effect);
  }

  #run(effect: FeedEffect): void {
    switch (effect.type) {
      case 'deliver':
        this.#due ??= [];
        for (const entry of effect.entries) this.#due.push(entry);
        return this.#turn.end(this.#flush);
      case 'gap':
        this.#handOn();
        for (const session of this.sessions) session.input(effect);
        return;
      case 'rewound':
        this.#handOn();
        this.#tail = undefined;
        for (const session of this.sessions) session.input({ ...effect, feed: this.view() });
        return;
      case 'read':
        return void this.#read(effect);
      default:
        return unreachable(effect);
    }
  }

  #handOn(): void {
    const entries = this.#due;
    if (entries === undefined) return;
    this.#due = undefined;
    let behind = false;
    for (const session of this.sessions) {
      session.live(entries);
      behind ||= session.kind !== 'live';
    }
    // Whoever is catching up meets the live end here rather than in the stream.
    if (behind) (this.#tail ??= new Tail()).push(entries);
    else this.#tail = undefined;
  }

  async #read({ read, from, attempt }: Extract<FeedEffect, { type: 'read' }>): Promise<void> {
    const { known, confirmed } = this.view();
    const { ageFloor } = confirmed;
    const page = await this.#reader.read({ user: this.user, from, known, ageFloor, attempt });
    if (page === undefined) return this.#input({ type: 'read_failed', read });
    const { keepPerUser } = this.#log.stateOf(this.shard);
    this.#input({ type: 'page', read, page, keepPerUser });
  }
}
