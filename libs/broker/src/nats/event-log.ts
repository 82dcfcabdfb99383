import { jetstream, JetStreamApiError, jetstreamManager, type StreamInfo } from '@nats-io/jetstream';
import { nuid, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { epochOfCreation, parseSeq, SEQ_ZERO, type Seq, type UserId } from '@longspan/protocol';
import { setTimeout as pause } from 'node:timers/promises';
import { Doubt } from '../doubt.ts';
import { BrokerError } from '../errors.ts';
import {
  HEADS_USERS_MAX,
  type EventLog,
  type Heads,
  type LiveEvent,
  type LoggedEvent,
  type LogNotice,
  type Page,
  type PageLimit,
  type RangePage,
  type ShardState,
} from '../port/event-log.ts';
import { shardOf, type ShardId } from '../shard.ts';
import { eventFilter, eventSubject, liveSubject, shardStream } from '../subjects.ts';
import { userOfToken } from '../user-token.ts';
import { ageMarkIntervalMs, readAgeFloor, writeAgeMark, writeFirstAgeMark } from './age-floor.ts';
import { Barrier } from './barrier.ts';
import { CUT_OFF_MS, goToAnotherServer } from './cut-off.ts';
import { DirectGet, type StoredMessage } from './direct-get.ts';
import { LeanSubscription } from './lean-subscription.ts';
import { publishedMsOf } from './published-time.ts';
import { serverHeaders } from './server-headers.ts';
import { StreamBirth } from './stream-birth.ts';
import { traceOf } from './trace-header.ts';

const HEADS_BYTES_MAX = 4 * 1024 * 1024;
const HEADS_TRIES = 3;
/** Where there is a quorum, a stream's state comes within this many milliseconds. */
const DOUBT_PATIENCE_MS = 1_000;
const NANOS_PER_MS = 1_000_000;

interface Shard {
  state: ShardState;
  birth: StreamBirth;
  /** Refreshes sent, and the last one whose answer counted: a late answer to an earlier one is of an older stream. */
  asked: number;
  answered: number;
  readonly doubt: Doubt;
  readonly barrier: Barrier;
  lastBarrier: Seq;
  /** How far age has come, as read last; undefined if that was in another stream, or failed. */
  floor: { readonly askedMs: number; readonly value: Promise<Seq> } | undefined;
  /** Settles when a stream that was made anew has its first mark; the floor means nothing before. */
  firstMark: Promise<void> | undefined;
  readonly markTimer: NodeJS.Timeout;
  readonly markIntervalMs: number;
}

interface StreamFacts {
  readonly state: ShardState;
  readonly info: StreamInfo;
}

/** `EventLog` over NATS JetStream: core subscriptions for the live path, batched direct gets for reads. */
export class NatsEventLog implements EventLog {
  readonly #nc: NatsConnection;
  readonly #get: DirectGet;
  readonly #shards: readonly Shard[];
  readonly #listeners = new Set<(notice: LogNotice) => void>();
  readonly #abort = new AbortController();
  #connected = true;
  /** Since when no barrier has come back. */
  #failingSinceMs: number | undefined;

  /** Reads the topology, which must exist (`ensureTopology`, `readTopology`), and begins to listen. */
  static async open(nc: NatsConnection, shards: number): Promise<NatsEventLog> {
    const facts: StreamFacts[] = [];
    for (let shard = 0; shard < shards; shard++) facts.push(await readFacts(nc, shard as ShardId));
    return new NatsEventLog(nc, facts);
  }

  private constructor(nc: NatsConnection, facts: readonly StreamFacts[]) {
    this.#nc = nc;
    this.#get = new DirectGet(nc);
    const reader = nuid.next();
    this.#shards = facts.map((fact) => this.#openShard(fact, reader));
    void this.#watchStatus();
  }

  get connected(): boolean {
    return this.#connected;
  }

  get shards(): number {
    return this.#shards.length;
  }

  shardOf(user: UserId): ShardId {
    return shardOf(user, this.#shards.length);
  }

  stateOf(shard: ShardId): ShardState {
    return this.#shard(shard).state;
  }

  async refresh(shard: ShardId): Promise<ShardState> {
    const known = this.#shard(shard);
    const asked = ++known.asked;
    const { state, info } = await readFacts(this.#nc, shard);
    if (asked < known.answered) return known.state;
    known.answered = asked;
    const changed = known.state.epoch !== state.epoch;
    known.state = state;
    if (changed) {
      known.birth = new StreamBirth(info.created);
      known.lastBarrier = SEQ_ZERO;
      known.floor = undefined;
      known.firstMark = this.#writeFirstMark(shard, info);
      // Told in the same turn as the state changes: nobody may label the new stream's positions with the old epoch.
      this.#tell({ type: 'epoch_changed', shard });
      await known.firstMark;
    }
    return state;
  }

  subscribe(user: UserId, onEvent: (event: LiveEvent) => void): Disposable {
    const shard = this.shardOf(user);
    const known = this.#shard(shard);
    const subject = liveSubject(eventSubject(shard, user));
    return new LeanSubscription(this.#nc, subject, (error, message) => {
      const event = error === null ? liveEventOf(message, subject, known.birth) : undefined;
      // What is dropped in doubt is found like anything else that was lost.
      if (event !== undefined && !known.doubt.exists) onEvent(event);
    });
  }

  async barrier(shard: ShardId): Promise<Seq> {
    const known = this.#shard(shard);
    const seq = await known.doubt.certain(() => {
      if (known.doubt.exists)
        throw new BrokerError('timeout', 'the stream does not say whether it is the same');
      return this.#pass(known.barrier);
    });
    // A stream that goes backwards was made anew or has lost its tail: look before anybody believes the number.
    if (seq <= known.lastBarrier) await this.refresh(shard);
    known.lastBarrier = seq;
    return seq;
  }

  async heads(shard: ShardId, users: readonly UserId[]): Promise<Heads> {
    if (users.length > HEADS_USERS_MAX) throw new RangeError(`heads: at most ${HEADS_USERS_MAX} users`);
    for (let tries = 1; ; tries++) {
      try {
        return await this.#certain(shard, () => this.#readHeads(shard, users));
      } catch (error) {
        const raced = error instanceof BrokerError && error.code === 'stale';
        if (!raced || tries >= HEADS_TRIES) throw error;
      }
    }
  }

  async page(user: UserId, from: Seq, limit: PageLimit): Promise<Page> {
    const shard = this.shardOf(user);
    const query = {
      seq: Math.max(1, from),
      next_by_subj: eventSubject(shard, user),
      batch: Math.max(2, limit.events),
      max_bytes: limit.bytes,
    };
    const batch = await this.#certain(shard, () => this.#get.batch(shardStream(shard), query));
    return {
      events: batch.messages.map(loggedEventOf),
      remaining: batch.pending,
      ageFloor: batch.ageFloor,
    };
  }

  async range(shard: ShardId, after: Seq, limit: PageLimit): Promise<RangePage> {
    const query = {
      seq: after + 1,
      next_by_subj: eventFilter(shard),
      batch: Math.max(2, limit.events),
      max_bytes: limit.bytes,
    };
    const batch = await this.#certain(shard, () => this.#get.batch(shardStream(shard), query));
    const events = batch.messages.flatMap((message) => {
      const user = userOfSubject(message.subject);
      return user === undefined ? [] : [{ ...loggedEventOf(message), user }];
    });
    const through = batch.messages.at(-1)?.seq ?? after;
    return { events, through, remaining: batch.pending, ageFloor: batch.ageFloor };
  }

  notices(onNotice: (notice: LogNotice) => void): Disposable {
    this.#listeners.add(onNotice);
    return { [Symbol.dispose]: () => this.#listeners.delete(onNotice) };
  }

  /** Stops listening and reading. The connection stays its owner's. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#abort.signal.aborted) return;
    this.#abort.abort();
    this.#listeners.clear();
    for (const shard of this.#shards) {
      clearInterval(shard.markTimer);
      shard.barrier[Symbol.dispose]();
    }
    this.#get[Symbol.dispose]();
  }

  async #pass(barrier: Barrier): Promise<Seq> {
    try {
      const seq = await barrier.pass();
      this.#failingSinceMs = undefined;
      return seq;
    } catch (error) {
      const nowMs = performance.now();
      this.#failingSinceMs ??= nowMs;
      const cutOff = this.#connected && nowMs - this.#failingSinceMs > CUT_OFF_MS;
      if (cutOff) void goToAnotherServer(this.#nc);
      throw error;
    }
  }

  /** Reads, and tells how far age has come, all of one stream. */
  #certain<T extends object>(shard: ShardId, read: () => Promise<T>): Promise<T & { ageFloor: Seq }> {
    return this.#shard(shard).doubt.certain(async () => {
      const ageFloor = await this.#ageFloor(shard);
      return { ...(await read()), ageFloor };
    });
  }

  async #readHeads(shard: ShardId, users: readonly UserId[]): Promise<Omit<Heads, 'ageFloor'>> {
    const userOf = new Map(users.map((user) => [eventSubject(shard, user), user]));
    const subjects = [...userOf.keys(), this.#shard(shard).barrier.subject];
    const lastOf = new Map<UserId, Seq>();
    let upTo = SEQ_ZERO;
    let from = 1;
    for (;;) {
      // The bodies come along, so the answer is taken in bounded bites, all as of the first bite's moment.
      const batch = await this.#get.batch(shardStream(shard), {
        seq: from,
        multi_last: subjects,
        max_bytes: HEADS_BYTES_MAX,
        ...(upTo === SEQ_ZERO ? {} : { up_to_seq: upTo }),
      });
      if (upTo === SEQ_ZERO) upTo = batch.upTo;
      for (const message of batch.messages) {
        const user = userOf.get(message.subject);
        if (user !== undefined) lastOf.set(user, message.seq);
      }
      const last = batch.messages.at(-1);
      if (batch.pending === 0 || last === undefined) return { upTo, lastOf };
      from = last.seq + 1;
    }
  }

  /** The floor only rises, and by no more than a mark in a mark's interval, so it is read again only that often. */
  async #ageFloor(shard: ShardId): Promise<Seq> {
    const known = this.#shard(shard);
    await known.firstMark;
    const nowMs = performance.now();
    if (known.floor === undefined || nowMs - known.floor.askedMs > known.markIntervalMs / 4) {
      const value = readAgeFloor(this.#get, shardStream(shard), shard, known.markIntervalMs);
      const floor = { askedMs: nowMs, value };
      known.floor = floor;
      value.catch(() => {
        if (known.floor === floor) known.floor = undefined;
      });
    }
    return known.floor.value;
  }

  #openShard(fact: StreamFacts, reader: string): Shard {
    const { shard } = fact.state;
    const markIntervalMs = ageMarkIntervalMs(fact.info.config.max_age / NANOS_PER_MS);
    const markTimer = setInterval(() => void this.#writeMark(shard, markIntervalMs), markIntervalMs);
    markTimer.unref();
    void this.#writeMark(shard, markIntervalMs);
    this.#subscribeAdvisories(shard);
    return {
      state: fact.state,
      birth: new StreamBirth(fact.info.created),
      asked: 0,
      answered: 0,
      doubt: new Doubt({
        look: () => (this.#abort.signal.aborted ? Promise.resolve() : this.refresh(shard)),
        pause: (ms) => pause(ms, undefined, { ref: false }),
        patience: () => pause(DOUBT_PATIENCE_MS, undefined, { ref: false }),
      }),
      barrier: new Barrier(this.#nc, shard, reader),
      lastBarrier: SEQ_ZERO,
      floor: undefined,
      firstMark: undefined,
      markTimer,
      markIntervalMs,
    };
  }

  async #writeMark(shard: ShardId, intervalMs: number): Promise<void> {
    try {
      await writeAgeMark(jetstream(this.#nc), shard, Date.now(), intervalMs);
    } catch {
      // Without a quorum there is no mark. The next interval writes one; until then gaps are told too readily.
    }
  }

  async #writeFirstMark(shard: ShardId, info: StreamInfo): Promise<void> {
    try {
      await writeFirstAgeMark(jetstream(this.#nc), shard, info);
    } catch {
      // As above: a gap too many, none too few.
    }
  }

  #subscribeAdvisories(shard: ShardId): void {
    const stream = shardStream(shard);
    this.#nc.subscribe(`$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.${stream}`, {
      callback: () => this.#tell({ type: 'leader_elected', shard }),
    });
    this.#nc.subscribe(`$JS.EVENT.ADVISORY.STREAM.CREATED.${stream}`, {
      callback: () => this.#shard(shard).doubt.raise(),
    });
  }

  async #watchStatus(): Promise<void> {
    for await (const status of this.#nc.status()) {
      if (this.#abort.signal.aborted) return;
      if (status.type === 'disconnect') {
        this.#setConnected(false);
        this.#tell({ type: 'disconnected' });
      } else if (status.type === 'reconnect') {
        this.#setConnected(true);
        for (const { doubt } of this.#shards) doubt.raise();
        this.#tell({ type: 'connected' });
      }
    }
    this.#setConnected(false);
  }

  #setConnected(connected: boolean): void {
    this.#connected = connected;
    this.#get.connected = connected;
    for (const { barrier } of this.#shards) barrier.connected = connected;
  }

  #tell(notice: LogNotice): void {
    for (const listener of this.#listeners) listener(notice);
  }

  #shard(shard: ShardId): Shard {
    const known = this.#shards[shard];
    if (known === undefined) throw new RangeError(`there is no shard ${shard}`);
    return known;
  }
}

async function readFacts(nc: NatsConnection, shard: ShardId): Promise<StreamFacts> {
  try {
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    const info = await jsm.streams.info(shardStream(shard));
    const { created, config } = info;
    return {
      state: { shard, epoch: epochOfCreation(created), keepPerUser: config.max_msgs_per_subject },
      info,
    };
  } catch (error) {
    const code = error instanceof JetStreamApiError ? 'misconfigured' : 'timeout';
    throw new BrokerError(code, `could not look at the stream ${shardStream(shard)}`, { cause: error });
  }
}

function liveEventOf(message: Msg, subject: string, birth: StreamBirth): LiveEvent | undefined {
  const headers = serverHeaders(message, subject);
  const seq = readSeq(headers?.last('Nats-Sequence'));
  const prev = readSeq(headers?.last('Nats-Last-Sequence'));
  if (headers === undefined || seq === undefined || prev === undefined || birth.isAfter(headers))
    return undefined;
  return { seq, prev, payload: message.data, publishedMs: publishedMsOf(headers), trace: traceOf(headers) };
}

function readSeq(text: string | undefined): Seq | undefined {
  return text === undefined || text === '' ? undefined : parseSeq(Number(text));
}

function loggedEventOf({ seq, data, publishedMs, trace }: StoredMessage): LoggedEvent {
  return { seq, payload: data, publishedMs, trace };
}

function userOfSubject(subject: string): UserId | undefined {
  return userOfToken(subject.slice(subject.lastIndexOf('.') + 1));
}
