import { EVENT_BYTES_MAX, type EventLog, type LogNotice, type ShardId } from '@longspan/broker';
import { unreachable, type UserId } from '@longspan/protocol';
import type { OutboxLimits } from '../outbox.ts';
import type { Start } from '../session.ts';
import { FeedHost } from './feed-host.ts';
import { ReplayReader } from './replay-reader.ts';
import { NO_OBSERVER, type Observer } from './observer.ts';
import type { Scheduler } from './scheduler.ts';
import { SessionHost } from './session-host.ts';
import { RoundCounter, ShardSync } from './shard-sync.ts';
import { Turn } from './turn.ts';
import type { Wire } from './wire.ts';

/** How much of a user's history is read at a time. */
const PAGE_EVENTS = 256;
/**
 * A page begins with an event that the reader has had already, as a proof, and must bring one more: it has to have
 * room for more than one event of the largest size.
 */
const PAGE_BYTES_MIN = EVENT_BYTES_MAX + 16 * 1024;
/** The heads of thousands at once would hold up live events, in the log and here. */
const USERS_A_TURN = 500;
/** Where it takes more turns than this, they are larger. */
const TURNS_MAX = 32;

export interface HubOptions {
  readonly log: EventLog;
  readonly scheduler: Scheduler;
  readonly outbox: OutboxLimits;
  /** Every attached user is synced this often (G9). */
  readonly syncIntervalMs: number;
  /** Of one shard, about so many users are synced at a time, in turns over the interval. */
  readonly usersATurn?: number;
  /** Nobody by default. */
  readonly observer?: Observer;
}

/**
 * All attached users of an edge: a feed for each, made for the first session and gone with the last, and the sync
 * rounds that keep every feed true.
 */
export class Hub implements AsyncDisposable {
  readonly #log: EventLog;
  readonly #scheduler: Scheduler;
  readonly #outbox: OutboxLimits;
  readonly #usersATurn: number;
  readonly #observer: Observer;
  readonly #feeds = new Map<UserId, FeedHost>();
  readonly #syncs: readonly ShardSync[];
  readonly #rounds = new RoundCounter();
  readonly #turn: Turn;
  readonly #reader: ReplayReader;
  readonly #abort = new AbortController();
  readonly #notices: Disposable;
  readonly #timer: Disposable;

  constructor(options: HubOptions) {
    const {
      log,
      scheduler,
      outbox,
      syncIntervalMs,
      usersATurn = USERS_A_TURN,
      observer = NO_OBSERVER,
    } = options;
    this.#log = log;
    this.#scheduler = scheduler;
    this.#outbox = outbox;
    this.#usersATurn = usersATurn;
    this.#observer = observer;
    const pageBytes = Math.max(PAGE_BYTES_MIN, Math.floor(outbox.bytesMax / 2));
    this.#turn = new Turn(scheduler);
    this.#reader = new ReplayReader(log, scheduler, { events: PAGE_EVENTS, bytes: pageBytes }, observer);
    const feedOf = (user: UserId) => this.#feeds.get(user);
    const parts = { log, scheduler, feedOf, rounds: this.#rounds, observer, signal: this.#abort.signal };
    this.#syncs = Array.from({ length: log.shards }, (_, shard) => new ShardSync(shard as ShardId, parts));
    this.#notices = log.notices((notice) => this.#onNotice(notice));
    this.#timer = scheduler.every(syncIntervalMs, () => void this.#syncInTurns(syncIntervalMs));
  }

  /** Attaches a session of the user; it tells `wire` all that it has to tell until it is detached. */
  attach(user: UserId, id: string, start: Start, wire: Wire): SessionHost {
    const feed = this.#feedOf(user);
    const parts = {
      id,
      since: this.#rounds.next,
      feed,
      wire,
      reader: this.#reader,
      limits: this.#outbox,
      observer: this.#observer,
    };
    const session = new SessionHost(parts, start);
    feed.sessions.add(session);
    this.#syncs[feed.shard]?.ask([user]);
    return session;
  }

  detach(user: UserId, session: SessionHost): void {
    session.close();
    const feed = this.#feeds.get(user);
    if (feed === undefined || !feed.sessions.delete(session) || feed.sessions.size > 0) return;
    this.#feeds.delete(user);
    feed[Symbol.dispose]();
  }

  /** How many users are attached. */
  get users(): number {
    return this.#feeds.size;
  }

  sessionsOf(user: UserId): readonly SessionHost[] {
    return [...(this.#feeds.get(user)?.sessions ?? [])];
  }

  countOf(user: UserId): number {
    return this.#feeds.get(user)?.sessions.size ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    this.#timer[Symbol.dispose]();
    this.#notices[Symbol.dispose]();
    for (const feed of this.#feeds.values()) feed[Symbol.dispose]();
    this.#feeds.clear();
  }

  #feedOf(user: UserId): FeedHost {
    const known = this.#feeds.get(user);
    if (known !== undefined) return known;
    const phase = this.#scheduler.random();
    const feed = new FeedHost(user, phase, this.#log, this.#reader, this.#turn, this.#observer);
    this.#feeds.set(user, feed);
    return feed;
  }

  #onNotice(notice: LogNotice): void {
    switch (notice.type) {
      case 'connected':
        return this.#sync(() => true);
      case 'disconnected':
        return;
      case 'leader_elected':
        return this.#sync(({ shard }) => shard === notice.shard);
      case 'epoch_changed':
        for (const feed of this.#feeds.values()) if (feed.shard === notice.shard) feed.reset();
        return this.#sync(({ shard }) => shard === notice.shard);
      default:
        return unreachable(notice);
    }
  }

  /** Everybody within an interval, each at the same place in every one: the longest pause of a user is one and a turn. */
  async #syncInTurns(intervalMs: number): Promise<void> {
    const wanted = Math.ceil(this.#feeds.size / this.#syncs.length / this.#usersATurn);
    const turns = Math.min(TURNS_MAX, Math.max(1, wanted));
    for (let turn = 0; turn < turns; turn += 1) {
      if (turn > 0) await this.#scheduler.pause(intervalMs / turns);
      if (this.#abort.signal.aborted) return;
      if (this.#log.connected) this.#sync(({ phase }) => Math.floor(phase * turns) === turn);
    }
  }

  #sync(isDue: (feed: FeedHost) => boolean): void {
    for (const feed of this.#feeds.values()) if (isDue(feed)) this.#syncs[feed.shard]?.ask([feed.user]);
  }
}
