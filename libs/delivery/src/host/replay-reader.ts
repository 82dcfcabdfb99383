import type { EventLog, LoggedEvent, Page, PageLimit, ShardId } from '@longspan/broker';
import { SEQ_ZERO, type UserId } from '@longspan/protocol';
import { pauseMs } from '../pause.ts';
import { planReplay, rangeIsComplete, type RangePlan, type ReplayWish } from '../replay-plan.ts';
import type { Observer } from './observer.ts';
import type { Scheduler } from './scheduler.ts';

/** A bite of a range read: large enough to be fast, small enough not to hold the event loop. */
const RANGE_BITE = { events: 4_000, bytes: 4 * 1024 * 1024 } satisfies PageLimit;

export interface ReadRequest extends ReplayWish {
  /** Above 0, the read waits a little: an earlier one found a replica behind. */
  readonly attempt: number;
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
  /** Shards of which a range is being read. */
  readonly #ranging = new Set<ShardId>();

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
    // Whoever comes while a range is read shares the next one: a storm arrives over many turns.
    if (!this.#ranging.has(shard)) this.#scheduler.endOfTurn(() => void this.#serve(shard));
  }

  async #serve(shard: ShardId): Promise<void> {
    const all = this.#waiting.get(shard) ?? [];
    this.#waiting.delete(shard);
    const plan = planReplay(all.map(({ wish }) => wish));
    const alone = all.filter(({ wish }) => plan?.readers.has(wish) !== true);
    for (const { wish, resolve } of alone) void this.#readAlone(wish).then(resolve);
    if (plan === undefined) return;
    this.#ranging.add(shard);
    const pageOf = await this.#readRange(shard, plan);
    this.#ranging.delete(shard);
    for (const { wish, resolve } of all) {
      if (!plan.readers.has(wish)) continue;
      const page = pageOf?.(wish);
      if (page === undefined) void this.#readAlone(wish).then(resolve);
      else resolve(page);
    }
    if (this.#waiting.has(shard)) void this.#serve(shard);
  }

  async #readAlone({ user, from }: ReplayWish): Promise<Page | undefined> {
    this.#observer.read('page');
    try {
      return await this.#log.page(user, from, this.#limit);
    } catch {
      return undefined;
    }
  }

  /** Reads the range; then gives each reader its page, if that is certain to be complete. */
  async #readRange(
    shard: ShardId,
    { after, through, readers }: RangePlan,
  ): Promise<((wish: ReplayWish) => Page | undefined) | undefined> {
    const eventsOf = new Map<UserId, LoggedEvent[]>([...readers].map(({ user }) => [user, []]));
    try {
      let at = after;
      let ageFloor = SEQ_ZERO;
      while (at < through) {
        this.#observer.read('range');
        const bite = await this.#log.range(shard, at, RANGE_BITE);
        ageFloor = bite.ageFloor;
        for (const event of bite.events) eventsOf.get(event.user)?.push(event);
        // A replica that is behind, or whose last events are gone: whoever lacks something reads alone.
        if (bite.through === at) break;
        at = bite.through;
      }
      const grown = (await this.#log.barrier(shard)) - at;
      const { keepPerUser } = this.#log.stateOf(shard);
      const discarding = { grown, keepPerUser, ageFloor };
      return ({ user, from, known }) => {
        const events = (eventsOf.get(user) ?? []).filter((event) => event.seq >= from);
        const reached = (events.at(-1)?.seq ?? 0) >= known;
        return reached && rangeIsComplete(from, events.length, discarding)
          ? { events, remaining: 0, ageFloor }
          : undefined;
      };
    } catch {
      return undefined;
    }
  }
}
