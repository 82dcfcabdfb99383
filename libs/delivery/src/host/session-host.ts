import { SEQ_ZERO, unreachable, type Position, type Seq, type UserId } from '@longspan/protocol';
import type { Entry } from '../entry.ts';
import { keptHeadOf, type FeedView } from '../feed-view.ts';
import type { OutboxLimits } from '../outbox.ts';
import {
  newSession,
  stepSession,
  type Session,
  type SessionEffect,
  type SessionInput,
  type Start,
} from '../session.ts';
import { asksAgain, type Observer } from './observer.ts';
import type { ReplayReader } from './replay-reader.ts';
import type { Wire } from './wire.ts';

/** What a session needs from the feed it is attached to. */
export interface SessionFeed {
  readonly user: UserId;
  view(): FeedView;
}

/** Runs one session: feeds its machine, and does what the machine says. */
export class SessionHost {
  readonly id: string;
  /** The first sync round that counts for this session is the first that starts after it came. */
  readonly since: number;
  readonly feed: SessionFeed;
  readonly #wire: Wire;
  readonly #reader: ReplayReader;
  readonly #limits: OutboxLimits;
  readonly #observer: Observer;
  #session: Session;
  #closed = false;

  constructor(
    parts: {
      readonly id: string;
      readonly since: number;
      readonly feed: SessionFeed;
      readonly wire: Wire;
      readonly reader: ReplayReader;
      readonly limits: OutboxLimits;
      readonly observer: Observer;
    },
    start: Start,
  ) {
    this.id = parts.id;
    this.since = parts.since;
    this.feed = parts.feed;
    this.#wire = parts.wire;
    this.#reader = parts.reader;
    this.#limits = parts.limits;
    this.#observer = parts.observer;
    this.#session = newSession(start);
  }

  get kind(): Session['kind'] {
    return this.#session.kind;
  }

  /** Whether some round has yet to confirm the feed for this session. */
  get waitsForRound(): boolean {
    const session = this.#session;
    return (
      session.kind === 'joining' ||
      ((session.kind === 'replaying' || session.kind === 'lagging') && !session.progress.synced)
    );
  }

  /** Everything up to here has been sent; 0 where it is only its client's word. */
  get readTo(): Seq {
    const session = this.#session;
    if (session.kind === 'joining') return SEQ_ZERO;
    const isClaimed =
      session.kind !== 'live' && !session.progress.synced && session.at === session.progress.claimed;
    return isClaimed ? SEQ_ZERO : session.at;
  }

  live(entries: readonly Entry[]): void {
    this.input({ type: 'live', entries, waitingBytes: this.#wire.waitingBytes });
  }

  /** The socket has sent what it had, down to the low mark. */
  drained(): void {
    if (this.#session.kind === 'lagging' && this.#wire.waitingBytes <= this.#limits.bytesLow) {
      this.input({ type: 'drained' });
    }
  }

  input(input: SessionInput): void {
    if (this.#closed) return;
    const { session, effects } = stepSession(this.#session, input, this.#limits);
    this.#session = session;
    if (input.type === 'page' && effects.some(asksAgain)) this.#observer.staleRead();
    for (const effect of effects) this.#run(effect);
  }

  close(): void {
    this.#closed = true;
  }

  #run(effect: SessionEffect): void {
    switch (effect.type) {
      case 'welcome':
        return this.#wire.welcome(this.id, this.feed.user, effect.position);
      case 'entries':
        return this.#wire.entries(effect.entries, effect.how);
      case 'gap':
        this.#observer.gapTold(this.id, effect.from, effect.to, effect.reason);
        return this.#wire.gap(effect.from, effect.to, effect.reason);
      case 'caught_up':
        return this.#wire.caughtUp(effect.position);
      case 'not_caught_up':
        return this.#wire.error(
          'not_caught_up',
          'The event log has no quorum at the moment: what it holds is delivered, more may follow.',
        );
      case 'read':
        return void this.#read(effect.read, effect.from, effect.attempt);
      default:
        return unreachable(effect);
    }
  }

  async #read(read: number, from: Seq, attempt: number): Promise<void> {
    const { known, confirmed } = this.feed.view();
    const { ageFloor } = confirmed;
    const page = await this.#reader.read({ user: this.feed.user, from, known, ageFloor, attempt });
    if (page === undefined) return this.input({ type: 'read_failed', read });
    const { waitingBytes } = this.#wire;
    this.input({ type: 'page', read, page, feed: this.feed.view(), waitingBytes });
  }

  /** Where pings say the user's head is. */
  position(): Position {
    const feed = this.feed.view();
    return { epoch: feed.epoch, seq: keptHeadOf(feed) };
  }
}
