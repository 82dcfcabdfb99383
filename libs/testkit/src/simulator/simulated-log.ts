import {
  BrokerError,
  Doubt,
  type EventLog,
  type Heads,
  type LiveEvent,
  type LogNotice,
  type Page,
  type PageLimit,
  type RangePage,
  type ShardId,
  type ShardState,
} from '@longspan/broker';
import { SEQ_ZERO, type Position, type Seq, type UserId } from '@longspan/protocol';
import { shown, type Downward, type Pending, type Subscription, type Upward } from './log-messages.ts';
import type { Process } from './simulated-clock.ts';
import type { SimulatedEvent, SimulatedStream } from './simulated-stream.ts';
import type { Surroundings } from './surroundings.ts';

interface KnownShard {
  state: ShardState;
  asked: number;
  answered: number;
  readonly doubt: Doubt;
  lastBarrier: Seq;
}

const BARRIER_TIMEOUT_MS = 1_000;
const RECONNECT_MS_MAX = 3_000;
const PATIENCE_MS = 1_000;
const TIMEOUT = new BrokerError('timeout', 'no answer');
const DISCONNECTED = new BrokerError('disconnected', 'there is no connection');

/**
 * One process's connection to the simulated streams, as an `EventLog`: what goes up arrives in order, what comes down
 * arrives in order, with losses and repeats; a subscription is in force when the log has read it, and not before.
 * Reads go to any replica and come back in any order. Nothing moves by itself: a schedule says what comes next.
 */
export class SimulatedLog implements EventLog {
  readonly #around: Surroundings;
  readonly #process: Process;
  readonly #shards: readonly KnownShard[];
  readonly #listeners = new Set<(notice: LogNotice) => void>();
  readonly #subscriptions = new Map<number, Subscription>();
  /** What the servers have read of the subscriptions. */
  readonly #interest = new Map<number, UserId>();
  readonly #barriers = new Map<number, Pending<Seq>>();
  readonly #requests = new Set<() => void>();
  #connected = true;
  #up: Upward[] = [];
  #down: Downward[] = [];
  #ids = 0;

  constructor(process: Process, around: Surroundings) {
    this.#process = process;
    this.#around = around;
    this.#shards = around.streams.map((stream) => ({
      state: stateOf(stream),
      asked: 0,
      answered: 0,
      doubt: new Doubt({
        look: () => this.refresh(stream.shard),
        pause: (ms) => this.#pause(ms),
        patience: () => this.#patience(stream),
      }),
      lastBarrier: SEQ_ZERO,
    }));
  }

  get connected(): boolean {
    return this.#connected;
  }

  get shards(): number {
    return this.#shards.length;
  }

  shardOf(user: UserId): ShardId {
    return this.#around.shardOf(user);
  }

  stateOf(shard: ShardId): ShardState {
    return this.#shard(shard).state;
  }

  async refresh(shard: ShardId): Promise<ShardState> {
    const known = this.#shard(shard);
    const asked = ++known.asked;
    const state = await this.#request(shard, 'state', (stream) => stateOf(stream));
    if (asked < known.answered) return known.state;
    known.answered = asked;
    const changed = state.epoch !== known.state.epoch;
    known.state = state;
    if (changed) {
      known.lastBarrier = SEQ_ZERO;
      this.#tell({ type: 'epoch_changed', shard });
    }
    return state;
  }

  subscribe(user: UserId, onEvent: (event: LiveEvent) => void): Disposable {
    const id = this.#ids++;
    const shard = this.shardOf(user);
    const since: Position = { epoch: this.#stream(shard).epoch, seq: this.hasComeDownTo(shard) };
    this.#subscriptions.set(id, { user, onEvent, since });
    this.#send({ type: 'subscribe', id, user });
    return {
      [Symbol.dispose]: () => {
        if (this.#subscriptions.delete(id)) this.#send({ type: 'unsubscribe', id });
      },
    };
  }

  async barrier(shard: ShardId): Promise<Seq> {
    const known = this.#shard(shard);
    const seq = await known.doubt.certain(() =>
      known.doubt.exists ? Promise.reject(TIMEOUT) : this.#pass(shard),
    );
    if (seq <= known.lastBarrier) await this.refresh(shard);
    known.lastBarrier = seq;
    return seq;
  }

  heads(shard: ShardId, users: readonly UserId[]): Promise<Heads> {
    const read = (stream: SimulatedStream): Heads => {
      const { random, coverage } = this.#around;
      const heads = stream.heads(random.below(stream.replicas.length), users);
      if (heads.upTo < stream.lastSeq) coverage.staleHeads++;
      return heads;
    };
    return this.#shard(shard).doubt.certain(() => this.#request(shard, 'heads', read));
  }

  page(user: UserId, from: Seq, limit: PageLimit): Promise<Page> {
    const { pageEventsMax, coverage } = this.#around;
    const bounds = { events: Math.min(limit.events, pageEventsMax), bytes: limit.bytes };
    const read = (stream: SimulatedStream): Page => {
      const { random } = this.#around;
      const replica = random.below(stream.replicas.length);
      if ((stream.replicas[replica]?.applied ?? 0) < stream.lastSeq) coverage.stalePages++;
      return stream.page(replica, user, from, bounds, random);
    };
    const shard = this.shardOf(user);
    return this.#shard(shard).doubt.certain(() => this.#request(shard, `page of ${user} from ${from}`, read));
  }

  range(shard: ShardId, after: Seq, limit: PageLimit): Promise<RangePage> {
    const { rangeEventsMax, coverage } = this.#around;
    const bounds = { events: Math.min(limit.events, rangeEventsMax), bytes: limit.bytes };
    const read = (stream: SimulatedStream): RangePage => {
      coverage.rangeReads++;
      return stream.range(this.#around.random.below(stream.replicas.length), after, bounds);
    };
    return this.#shard(shard).doubt.certain(() => this.#request(shard, `range after ${after}`, read));
  }

  notices(onNotice: (notice: LogNotice) => void): Disposable {
    this.#listeners.add(onNotice);
    return { [Symbol.dispose]: () => this.#listeners.delete(onNotice) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listeners.clear();
    this.#disconnect();
  }

  get canGoUp(): boolean {
    return this.#up.length > 0;
  }

  get canComeDown(): boolean {
    return this.#down.length > 0;
  }

  /** Everything of the shard that is still to come down was committed after this. */
  hasComeDownTo(shard: ShardId): Seq {
    let seq = this.#stream(shard).lastSeq;
    for (const message of this.#down) {
      if (message.type === 'created' || message.shard !== shard) continue;
      seq = Math.min(seq, (message.type === 'event' ? message.event.seq : message.seq) - 1) as Seq;
    }
    return seq;
  }

  /** Whether word of the shard's stream having been made anew is still to come. */
  awaitsCreation(shard: ShardId): boolean {
    return this.#down.some((message) => message.type === 'created' && message.shard === shard);
  }

  /** What a feed of the user receives was committed after this, or to a stream made since. */
  subscribedSince(user: UserId): Position | undefined {
    for (const subscription of this.#subscriptions.values()) {
      if (subscription.user === user) return subscription.since;
    }
    return undefined;
  }

  /** The servers read the next thing that this process sent. */
  goUp(): void {
    const message = this.#up.shift();
    if (message?.type === 'subscribe') this.#interest.set(message.id, message.user);
    if (message?.type === 'unsubscribe') this.#interest.delete(message.id);
    if (message?.type !== 'barrier') return;
    const { random, faults, coverage } = this.#around;
    const stream = this.#stream(message.shard);
    if (!stream.hasQuorum) return;
    const seq = stream.commitBarrier();
    if (random.chance(faults.drop)) coverage.barriersLost++;
    else this.#down.push({ ...message, seq });
  }

  /** The stream's leader republishes an event. */
  republish(event: SimulatedEvent, shard: ShardId): void {
    const { random, faults, coverage } = this.#around;
    for (const [id, user] of this.#interest) {
      if (user !== event.user) continue;
      const message: Downward = { type: 'event', shard, id, event };
      if (random.chance(faults.drop)) coverage.liveLost++;
      else this.#down.push(message);
      if (!random.chance(faults.repeat)) continue;
      coverage.liveRepeated++;
      // A new leader may say once more, and late, what the old one said before.
      const again = this.#down.length === 0 ? message : random.pick(this.#down);
      if (again.type === 'event') this.#down.push(again);
    }
  }

  /** The stream was made anew: its leader says so, before anything that is in it. */
  announceCreation(shard: ShardId): void {
    if (this.#connected) this.#down.push({ type: 'created', shard });
  }

  announceLeader(shard: ShardId): void {
    if (this.#connected) this.#tell({ type: 'leader_elected', shard });
  }

  /** The process reads the next thing that the servers sent. */
  comeDown(): void {
    const message = this.#down.shift();
    switch (message?.type) {
      case 'event':
        if (this.#shard(message.shard).doubt.exists || this.#isLate(message)) return;
        return this.#subscriptions.get(message.id)?.onEvent(message.event);
      case 'barrier':
        return this.#settleBarrier(message.token, message.seq);
      case 'created':
        return this.#shard(message.shard).doubt.raise();
      default:
    }
  }

  /** It is of a stream that was there before the one that is known: told by the time of its commit. */
  #isLate({ shard, event }: Extract<Downward, { type: 'event' }>): boolean {
    return event.streamLine < Number(this.#shard(shard).state.epoch.slice(1));
  }

  /** The connection breaks, and is there again after a while: what was under way is lost. */
  reconnect(): void {
    if (!this.#connected) return;
    this.#around.coverage.natsReconnects++;
    this.#disconnect();
    this.#tell({ type: 'disconnected' });
    const { clock, random, trace } = this.#around;
    clock.after(this.#process, random.next() * RECONNECT_MS_MAX, () => {
      trace?.('connected again');
      this.#connected = true;
      for (const [id, { user }] of this.#subscriptions) this.#send({ type: 'subscribe', id, user });
      for (const { doubt } of this.#shards) doubt.raise();
      this.#tell({ type: 'connected' });
    });
  }

  #disconnect(): void {
    this.#connected = false;
    this.#up = [];
    this.#down = [];
    this.#interest.clear();
    for (const token of this.#barriers.keys()) this.#settleBarrier(token, undefined);
    for (const fail of this.#requests) fail();
    this.#requests.clear();
    this.#around.settled();
  }

  #send(message: Upward): void {
    if (this.#connected) this.#up.push(message);
  }

  #pass(shard: ShardId): Promise<Seq> {
    if (!this.#connected) return Promise.reject(DISCONNECTED);
    const { promise, resolve, reject } = Promise.withResolvers<Seq>();
    const token = this.#ids++;
    this.#barriers.set(token, { resolve, reject });
    this.#send({ type: 'barrier', token, shard });
    const timer = this.#around.clock.after(this.#process, BARRIER_TIMEOUT_MS, () =>
      this.#settleBarrier(token, undefined),
    );
    return promise.finally(() => timer[Symbol.dispose]());
  }

  #settleBarrier(token: number, seq: Seq | undefined): void {
    const pending = this.#barriers.get(token);
    if (pending === undefined) return;
    this.#barriers.delete(token);
    if (seq === undefined) pending.reject(this.#connected ? TIMEOUT : DISCONNECTED);
    else pending.resolve(seq);
    this.#around.settled();
  }

  /**
   * Reads at some later step, from whatever answers then, and has the answer later still: until then, age takes nothing
   * above the floor that is told with it.
   */
  #request<T>(shard: ShardId, what: string, read: (stream: SimulatedStream) => T): Promise<T> {
    if (!this.#connected) return Promise.reject(DISCONNECTED);
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const around = this.#around;
    let releaseAgeFloor: (() => void) | undefined;
    const fail = () => {
      releaseAgeFloor?.();
      reject(TIMEOUT);
    };
    this.#requests.add(fail);
    around.later(this.#process, what, () => {
      const stream = this.#stream(shard);
      const { line, epoch } = stream;
      const failed = around.random.chance(around.faults.readFailure);
      if (failed) around.coverage.readFailures++;
      const value = read(stream);
      releaseAgeFloor = stream.holdAgeFloor();
      around.trace?.(`${what}: ${shown(value)}`);
      const answer = () => {
        if (!this.#requests.has(fail)) return;
        // Word of a stream that was made anew does not overtake its leader's.
        if (this.awaitsCreation(shard)) return around.later(this.#process, `late answer: ${what}`, answer);
        this.#requests.delete(fail);
        around.settled();
        // Losing power breaks connections, and their answers are lost; those of a deleted stream may still come.
        const lost = stream.line !== line && stream.epoch === epoch;
        if (failed || lost) return fail();
        releaseAgeFloor?.();
        resolve(value);
      };
      around.later(this.#process, `answer: ${what}`, answer);
    });
    return promise;
  }

  /** Where there is a quorum, a stream's state is told in time. */
  async #patience(stream: SimulatedStream): Promise<void> {
    do await this.#pause(PATIENCE_MS);
    while (stream.hasQuorum && this.#shard(stream.shard).doubt.exists);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#around.clock.after(this.#process, ms, () => {
        this.#around.settled();
        resolve();
      });
    });
  }

  #tell(notice: LogNotice): void {
    for (const listener of this.#listeners) listener(notice);
  }

  #shard(shard: ShardId): KnownShard {
    const known = this.#shards[shard];
    if (known === undefined) throw new RangeError(`there is no shard ${shard}`);
    return known;
  }

  #stream(shard: ShardId): SimulatedStream {
    const stream = this.#around.streams[shard];
    if (stream === undefined) throw new RangeError(`there is no shard ${shard}`);
    return stream;
  }
}

function stateOf({ shard, epoch, keepPerUser }: SimulatedStream): ShardState {
  return { shard, epoch, keepPerUser };
}
