import type { EventLog, LoggedEvent, Page, PageLimit, ShardId } from '@longspan/broker';
import { SEQ_ZERO, type Seq, type UserId } from '@longspan/protocol';
import { pauseMs } from '../pause.ts';
import {
  planReplay,
  RANGE_READERS_MIN,
  rangeIsComplete,
  type RangePlan,
  type ReplayWish,
} from '../replay-plan.ts';
import type { Observer } from './observer.ts';
import type { Scheduler } from './scheduler.ts';

/** A bite of a range read: large enough to be fast, small enough not to hold the event loop. */
const RANGE_BITE = { events: 4_000, bytes: 4 * 1024 * 1024 } satisfies PageLimit;

export interface ReadRequest extends ReplayWish {
  /** Above 0, the read waits a little: an earlier one found a replica behind. */
  readonly attempt: number;
}

/** How often a range is read on, as long as too many of its readers are left open. */
const RANGE_READS_MAX = 3;

/** How far a range has been read, and how far age had come by then. */
interface Read {
  readonly at: Seq;
  readonly ageFloor: Seq;
}

interface Waiting {
  readonly wish: ReplayWish;
  readonly resolve: (page: Page | undefined) => void;
}

/**
 * Reads pages for the machines. Requests of one shard that come in the same turn - a sync round has just told many
 * sessions that they missed something - are planned together: a range of the shard, shared out, or a read for each.
 */
export class ReplayReader {
  readonly #log: EventLog;
  readonly #scheduler: Scheduler;
  readonly #limit: PageLimit;
  readonly #observer: Observer;
  readonly #waiting = new Map<ShardId, Waiting[]>();
  /** Shards of which many readers are being served. */
  readonly #busy = new Set<ShardId>();

  constructor(log: EventLog, scheduler: Scheduler, limit: PageLimit, observer: Observer) {
    this.#log = log;
    this.#scheduler = scheduler;
    this.#limit = limit;
    this.#observer = observer;
  }

  /** Resolves to undefined where the log did not answer: the machine asks again, more slowly each time. */
  async read({ attempt, ...wish }: ReadRequest): Promise<Page | undefined> {
    if (attempt > 0) {
      await this.#scheduler.pause(pauseMs(attempt, this.#scheduler.random()));
      return this.#readAlone(wish);
    }
    return new Promise((resolve) => this.#wait({ wish, resolve }));
  }

  #wait(waiting: Waiting): void {
    const shard = this.#log.shardOf(waiting.wish.user);
    const others = this.#waiting.get(shard);
    if (others !== undefined) {
      others.push(waiting);
      return;
    }
    this.#waiting.set(shard, [waiting]);
    // Whoever comes while many are served shares what follows: a storm arrives over many turns, and the more wait, the better
    // they are served by one range.
    if (!this.#busy.has(shard)) this.#scheduler.endOfTurn(() => void this.#serve(shard));
  }

  async #serve(shard: ShardId): Promise<void> {
    const all = this.#waiting.get(shard) ?? [];
    this.#waiting.delete(shard);
    const plan = planReplay(all.map(({ wish }) => wish));
    const alone = all.filter(({ wish }) => plan?.readers.has(wish) !== true);
    const half = this.#readEach(alone);
    if (plan === undefined && alone.length < RANGE_READERS_MIN) return;
    this.#busy.add(shard);
    const pageOf = plan === undefined ? undefined : await this.#readRange(shard, plan);
    if (plan === undefined) await half;
    this.#busy.delete(shard);
    for (const { wish, resolve } of all) {
      if (plan?.readers.has(wish) !== true) continue;
      const page = pageOf?.(wish);
      if (page === undefined) void this.#readAlone(wish).then(resolve);
      else resolve(page);
    }
    if (this.#waiting.has(shard)) void this.#serve(shard);
  }

  /** Each reader reads alone. Resolves when half of them have their answers: one that is late holds nobody up. */
  #readEach(readers: readonly Waiting[]): Promise<void> {
    const half = Promise.withResolvers<void>();
    let left = Math.ceil(readers.length / 2);
    const readOne = async ({ wish, resolve }: Waiting) => {
      resolve(await this.#readAlone(wish));
      left -= 1;
      if (left === 0) half.resolve();
    };
    for (const reader of readers) void readOne(reader);
    return half.promise;
  }

  async #readAlone({ user, from }: ReplayWish): Promise<Page | undefined> {
    this.#observer.read('page');
    try {
      return await this.#log.page(user, from, this.#limit);
    } catch {
      return undefined;
    }
  }

  /**
   * Reads the range; then gives each reader its page, if that is certain to be complete. A shard that has grown by too much
   * meanwhile leaves that open: then what it has grown by is read, too, which costs less than a read for each reader.
   */
  async #readRange(
    shard: ShardId,
    { after, through, readers }: RangePlan,
  ): Promise<((wish: ReplayWish) => Page | undefined) | undefined> {
    const eventsOf = new Map<UserId, LoggedEvent[]>([...readers].map(({ user }) => [user, []]));
    let read: Read = { at: after, ageFloor: SEQ_ZERO };
    try {
      for (let [reads, end] = [1, through]; ; reads++) {
        read = await this.#readOn(shard, read, end, eventsOf);
        const barrier = await this.#log.barrier(shard);
        const { keepPerUser } = this.#log.stateOf(shard);
        const { at, ageFloor } = read;
        const discarding = { grown: barrier - at, keepPerUser, ageFloor };
        const pageOf = ({ user, from, known }: ReplayWish): Page | undefined => {
          const events = (eventsOf.get(user) ?? []).filter((event) => event.seq >= from);
          const reached = (events.at(-1)?.seq ?? 0) >= known;
          return reached && rangeIsComplete(from, events.length, discarding)
            ? { events, remaining: 0, ageFloor }
            : undefined;
        };
        const open = [...readers].filter((wish) => pageOf(wish) === undefined).length;
        if (open < RANGE_READERS_MIN || reads === RANGE_READS_MAX) return pageOf;
        end = barrier;
      }
    } catch {
      return undefined;
    }
  }

  /** Reads the shard on up to `end`, or to where the replica that answers ends, and keeps the readers' events. */
  async #readOn(
    shard: ShardId,
    { at, ageFloor }: Read,
    end: Seq,
    eventsOf: ReadonlyMap<UserId, LoggedEvent[]>,
  ): Promise<Read> {
    while (at < end) {
      this.#observer.read('range');
      const bite = await this.#log.range(shard, at, RANGE_BITE);
      ageFloor = bite.ageFloor;
      for (const event of bite.events) eventsOf.get(event.user)?.push(event);
      // A replica that is behind, or whose last events are gone: whoever lacks something reads alone.
      if (bite.through === at) break;
      at = bite.through;
    }
    return { at, ageFloor };
  }
}
