import { HEADS_USERS_MAX, type EventLog, type Heads, type ShardId } from '@longspan/broker';
import { SEQ_ZERO, unreachable, type Epoch, type UserId } from '@longspan/protocol';
import type { Confirmed, Standing } from '../feed.ts';
import { pauseMs } from '../pause.ts';
import {
  startRound,
  stepRound,
  type Round,
  type RoundEffect,
  type RoundInput,
  type RoundStep,
} from '../round.ts';
import type { FeedHost } from './feed-host.ts';
import type { Observer } from './observer.ts';
import type { Scheduler } from './scheduler.ts';

/** Rounds of one shard that may be under way at once: a large periodic one must not keep a newcomer waiting. */
const ROUNDS_MAX = 4;
/** Each newcomer of a round has the next one wait this much, up to a limit: a storm is to share its rounds. */
const GATHER_MS = { perNewcomer: 2, most: 50 };
/** After a failed round, the next one of the same users waits this much: long enough not to hammer a lost quorum. */
const AFTER_FAILURE_MS = 250;

/** Numbers the sync rounds of this process, in the order in which their barriers are sent. */
export class RoundCounter {
  #started = 0;

  get next(): number {
    return this.#started + 1;
  }

  start(): number {
    return ++this.#started;
  }
}

/**
 * Runs the sync rounds of one shard: whoever asks before a round starts is in it, up to 1,000 users at a time. Users
 * whose feed or sessions still wait after a failed round are asked for again, until one succeeds.
 */
export class ShardSync {
  readonly #shard: ShardId;
  readonly #log: EventLog;
  readonly #scheduler: Scheduler;
  readonly #feedOf: (user: UserId) => FeedHost | undefined;
  readonly #rounds: RoundCounter;
  readonly #observer: Observer;
  readonly #asked = new Set<UserId>();
  readonly #signal: AbortSignal;
  #running = 0;
  #scheduled = false;
  #gathering = false;

  constructor(
    shard: ShardId,
    parts: {
      readonly log: EventLog;
      readonly scheduler: Scheduler;
      readonly feedOf: (user: UserId) => FeedHost | undefined;
      readonly rounds: RoundCounter;
      readonly observer: Observer;
      readonly signal: AbortSignal;
    },
  ) {
    this.#shard = shard;
    this.#log = parts.log;
    this.#scheduler = parts.scheduler;
    this.#feedOf = parts.feedOf;
    this.#rounds = parts.rounds;
    this.#observer = parts.observer;
    this.#signal = parts.signal;
  }

  /** Has these users in the next round. */
  ask(users: Iterable<UserId>): void {
    for (const user of users) this.#asked.add(user);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#asked.size === 0 || this.#running >= ROUNDS_MAX) return;
    if (this.#gathering && this.#asked.size < HEADS_USERS_MAX) return;
    this.#scheduled = true;
    // At the end of the turn: everybody who connects in this turn shares the round.
    this.#scheduler.endOfTurn(() => {
      this.#scheduled = false;
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#signal.aborted) return;
    const users = this.#take();
    if (users.length === 0) return;
    this.#running++;
    void this.#gather(users);
    this.#schedule();
    const ended = this.#observer.roundBegan(users.length);
    const failed = await this.#round(users);
    ended(failed ? 'failed' : 'confirmed');
    this.#running--;
    if (failed) {
      await this.#scheduler.pause(AFTER_FAILURE_MS);
      this.ask(users.filter((user) => this.#feedOf(user)?.waitsForRound === true));
    } else {
      this.#schedule();
    }
  }

  async #gather(users: readonly UserId[]): Promise<void> {
    const newcomers = users.filter((user) => this.#feedOf(user)?.waitsForRound === true).length;
    if (this.#gathering || newcomers < 2) return;
    this.#gathering = true;
    await this.#scheduler.pause(Math.min(GATHER_MS.most, newcomers * GATHER_MS.perNewcomer));
    this.#gathering = false;
    this.#schedule();
  }

  #take(): UserId[] {
    const users: UserId[] = [];
    for (const user of this.#asked) {
      if (users.length === HEADS_USERS_MAX) break;
      this.#asked.delete(user);
      if (this.#feedOf(user) !== undefined) users.push(user);
    }
    return users;
  }

  /** Runs one round to its end; true if it failed. */
  async #round(users: readonly UserId[]): Promise<boolean> {
    const number = this.#rounds.start();
    const { epoch } = this.#log.stateOf(this.#shard);
    const before = this.#standings(users);
    let step = startRound(users);
    for (;;) {
      const effect = step.effects[0];
      if (effect === undefined) return false;
      switch (effect.type) {
        case 'pass':
        case 'look':
          step = this.#step(step.round, await this.#perform(effect));
          break;
        case 'confirmed':
          if (this.#isAnew(epoch)) return true;
          this.#confirm({ round: number, barrier: effect.barrier }, effect.heads, before);
          return false;
        case 'failed':
          await this.#fail(number, users, epoch);
          return true;
        default:
          return unreachable(effect);
      }
    }
  }

  #step(round: Round, input: RoundInput): RoundStep {
    const step = stepRound(round, input);
    // Heads that do not confirm the round were those of a replica that was behind.
    if (input.type === 'looked' && step.effects[0]?.type !== 'confirmed') this.#observer.staleRead();
    return step;
  }

  async #perform(effect: Extract<RoundEffect, { type: 'pass' | 'look' }>): Promise<RoundInput> {
    try {
      if (effect.type === 'pass') return { type: 'passed', barrier: await this.#log.barrier(this.#shard) };
      if (effect.attempt > 0) await this.#scheduler.pause(pauseMs(effect.attempt, this.#scheduler.random()));
      return { type: 'looked', heads: await this.#log.heads(this.#shard, effect.users) };
    } catch {
      return { type: effect.type === 'pass' ? 'not_passed' : 'look_failed' };
    }
  }

  #standings(users: readonly UserId[]): ReadonlyMap<FeedHost, Standing> {
    const standings = new Map<FeedHost, Standing>();
    for (const user of users) {
      const feed = this.#feedOf(user);
      if (feed !== undefined) standings.set(feed, feed.standing);
    }
    return standings;
  }

  #confirm(
    passed: Pick<Confirmed, 'round' | 'barrier'>,
    heads: Heads,
    before: ReadonlyMap<FeedHost, Standing>,
  ): void {
    for (const [feed, standing] of before) {
      // A feed that was made anew since then subscribed after the barrier, which says nothing about it.
      if (this.#feedOf(feed.user) !== feed) continue;
      const head = heads.lastOf.get(feed.user) ?? SEQ_ZERO;
      feed.confirmed({ ...passed, head, ageFloor: heads.ageFloor }, standing);
    }
  }

  /** What was asked of one stream says nothing about the one that was made anew in its place. */
  #isAnew(epoch: Epoch): boolean {
    return this.#log.stateOf(this.#shard).epoch !== epoch;
  }

  /** Without a round, whoever waits reads what some replica has. */
  async #fail(number: number, users: readonly UserId[], epoch: Epoch): Promise<void> {
    const waiting = users.filter((user) => this.#feedOf(user)?.waitsForRound === true);
    if (waiting.length === 0) return;
    try {
      const { lastOf } = await this.#log.heads(this.#shard, waiting);
      if (this.#isAnew(epoch)) return;
      for (const user of waiting) this.#feedOf(user)?.unconfirmed(number, lastOf.get(user) ?? SEQ_ZERO);
    } catch {
      // Nothing answers at all: whoever waits goes on waiting for the next round.
    }
  }
}
