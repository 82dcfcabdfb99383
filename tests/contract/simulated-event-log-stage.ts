import { shardOf, type ShardId } from '@longspan/broker';
import type { Seq, UserId } from '@longspan/protocol';
import {
  newCoverage,
  QUIET,
  SimulatedClock,
  SimulatedLog,
  SimulatedStream,
  type Random,
  type Surroundings,
} from '@longspan/testkit';
import { setTimeout as pause } from 'node:timers/promises';
import { KEEP, SHARDS, type EventLogStage } from './event-log-suite.ts';

const REPLICAS = 3;

/** A simulated log that moves by itself: at random, a little at a time, until it is disposed of. */
export class SimulatedEventLogStage implements EventLogStage {
  readonly log: SimulatedLog;
  readonly #random: Random;
  readonly #streams: readonly SimulatedStream[];
  readonly #ids = new Map<Uint8Array, string>();
  readonly #tasks: (() => void)[] = [];
  readonly #moving: Promise<void>;
  #ended = false;

  constructor(random: Random) {
    this.#random = random;
    this.#streams = Array.from(
      { length: SHARDS },
      (_, shard) => new SimulatedStream(shard as ShardId, KEEP, REPLICAS),
    );
    this.log = new SimulatedLog({ alive: true }, this.#surroundings());
    this.#moving = this.#move();
  }

  async publish(to: UserId, ids: readonly string[], bytes = 16): Promise<readonly Seq[]> {
    const shard = this.log.shardOf(to);
    return ids.map((id) => {
      const event = this.#stream(shard).commit(to, bytes);
      this.#ids.set(event.payload, id);
      this.log.republish(event, shard);
      return event.seq;
    });
  }

  idOf(payload: Uint8Array): string {
    return this.#ids.get(payload) ?? 'an unknown event';
  }

  async makeAnew(shard: ShardId): Promise<void> {
    this.#stream(shard).makeAnew();
    this.log.announceCreation(shard);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    await this.#moving;
    await this.log[Symbol.asyncDispose]();
  }

  async #move(): Promise<void> {
    while (!this.#ended) {
      for (let moves = this.#random.below(20); moves > 0; moves--) this.#moveOnce();
      await pause(1);
    }
  }

  #moveOnce(): void {
    const random = this.#random;
    random.pick(this.#streams).advance(random.below(REPLICAS), random.below(20));
    if (random.chance(0.5)) this.log.goUp();
    if (random.chance(0.5)) this.log.comeDown();
    if (this.#tasks.length > 0) this.#tasks.splice(random.below(this.#tasks.length), 1)[0]?.();
  }

  #stream(shard: ShardId): SimulatedStream {
    const stream = this.#streams[shard];
    if (stream === undefined) throw new RangeError(`there is no shard ${shard}`);
    return stream;
  }

  #surroundings(): Surroundings {
    const shard = (user: UserId) => shardOf(user, SHARDS);
    return {
      streams: this.#streams,
      shardOf: shard,
      streamOf: (user) => this.#stream(shard(user)),
      clock: new SimulatedClock(),
      faults: QUIET,
      limits: { bytesMax: 0, bytesLow: 0 },
      rangeEventsMax: 16,
      pageEventsMax: Number.MAX_SAFE_INTEGER,
      coverage: newCoverage(),
      random: this.#random,
      later: (_process, _what, work) => void this.#tasks.push(work),
      settled: () => undefined,
      broken: (violation) => {
        throw violation;
      },
      isCalm: false,
      trace: undefined,
    };
  }
}
