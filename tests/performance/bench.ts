import { openBroker, type Broker } from '@longspan/broker';
import { parseUserId } from '@longspan/protocol';
import {
  audit,
  dumpStreams,
  LatencyRecorder,
  median,
  SteadyLoad,
  startBridge,
  startNats,
  type Audit,
  type Bridge,
  type ClientLog,
  type Evidence,
  type NatsCluster,
  type Publish,
  type Published,
  type RecordedClient,
} from '@longspan/testkit';
import { onTestFailed } from 'vitest';

/** As in the reports that the field publishes. */
export const USERS = 30;
/** The evidence of `steady`. */
export const STEADY_LATENCY = 'publish to callback, 1,000 events/s';
const STEADY_PER_USER = 33;
const STEADY_EVENTS_PER_USER = 66;
const BURST_PER_USER = 500;
const MISSED = 20;
const ONE_BY_ONE = 100;
const AT_ONCE = 1_000_000;
const PAD_CHARS = 120;
const CONNECT_AT_ONCE = 50;
const FIRST_SESSIONS = 500;
const KIB = 1_024;

/** For streams that do not exist yet; the bridge has made them. */
const TOPOLOGY = {
  shards: 1,
  replicas: 1,
  eventsPerUser: 1_000,
  retentionMs: 3_600_000,
  duplicateWindowMs: 120_000,
} as const;

/** One NATS server, two edges, an ingress, and readers by the client library; everything that is published is judged. */
export class Bench implements AsyncDisposable {
  readonly nats: NatsCluster;
  readonly bridge: Bridge;
  readonly #broker: Broker;
  readonly #owned: AsyncDisposableStack;
  readonly #published: Published[] = [];
  readonly #logs: ClientLog[] = [];
  readonly #evidence: Evidence;
  #round = 0;

  private constructor(
    nats: NatsCluster,
    bridge: Bridge,
    broker: Broker,
    evidence: Evidence,
    owned: AsyncDisposableStack,
  ) {
    this.nats = nats;
    this.bridge = bridge;
    this.#broker = broker;
    this.#evidence = evidence;
    this.#owned = owned;
  }

  static async start(evidence: Evidence): Promise<Bench> {
    await using cleanup = new AsyncDisposableStack();
    const nats = cleanup.use(await startNats({ nodes: 1, backend: 'processes' }));
    const bridge = cleanup.use(await startBridge({ nats, edges: 2 }));
    onTestFailed(() => console.log(bridge.logTail()));
    const options = { nats: { servers: nats.urls, name: 'bench' }, topology: TOPOLOGY };
    const broker = cleanup.use(await openBroker(options));
    return new Bench(nats, bridge, broker, evidence, cleanup.move());
  }

  /** What one edge's memory grows by for each session of a user to whom nothing happens, in KiB. */
  async idleSessionKiB(sessions: number): Promise<number> {
    const { service } = this.bridge.edge(0);
    await using cleanup = new AsyncDisposableStack();
    const residentAfter = async (name: string, count: number) => {
      for (let i = 0; i < count; i += CONNECT_AT_ONCE) {
        const some = Array.from({ length: CONNECT_AT_ONCE }, (_, j) =>
          this.bridge.rawClient(`${name}-${i + j}`),
        );
        await Promise.all(some.map(async (client) => cleanup.use(await client).connect()));
      }
      const bytes = await service.residentBytes();
      if (bytes === undefined) throw new Error('this system does not tell memory');
      return bytes;
    };
    // The first sessions bring the code and the heap that all share.
    const before = await residentAfter('first', FIRST_SESSIONS);
    const after = await residentAfter('idle', sessions);
    return (after - before) / sessions / KIB;
  }

  /** Connects a new set of readers, one after the other. */
  async audience(): Promise<Audience> {
    const latency = new LatencyRecorder();
    const devices: RecordedClient[] = [];
    const connectMs: number[] = [];
    const round = this.#round++;
    for (let i = 0; i < USERS; i += 1) {
      const user = `round-${round}-${i}`;
      const token = await this.bridge.token(user);
      const startedMs = performance.now();
      const device = this.#owned.use(this.bridge.client(user, { token, startAt: i % 2, latency }));
      await device.untilLive();
      connectMs.push(performance.now() - startedMs);
      devices.push(device);
    }
    return { devices, latency, connectMs: this.#recorded('connect to caught up', connectMs) };
  }

  /** Two seconds of about 1,000 events/s, published as agents do; how long each took to its callback is evidence. */
  async steady({ devices, latency }: Audience): Promise<void> {
    await this.#load(devices, STEADY_PER_USER, STEADY_EVENTS_PER_USER, this.#publish);
    this.#evidence.latency(STEADY_LATENCY).add(latency.parcel());
  }

  /** One event after the other, nothing else under way; milliseconds from publish to callback, at the median. */
  async oneByOne({ devices }: Audience): Promise<number> {
    const [device] = devices;
    if (device === undefined) throw new RangeError('an audience of nobody');
    const { user } = device.log;
    const ids = Array.from({ length: ONE_BY_ONE }, (_, n) => `${user}-single-${n}`);
    const durations = await inTurn(ids, async (id) => {
      const event = { id, source: '/single', type: 'tick', data: { n: 0, owner: user } };
      await Promise.all([this.#publish(user, [event]), device.untilSeen(id)]);
    });
    this.#published.push(
      ...ids.map((id) => ({ publisher: 'single', user, id, outcome: 'acknowledged' as const })),
    );
    return this.#recorded('publish to callback, one by one', durations);
  }

  /** Publishes as fast as it is answered, as agents do; events a second from the first publish to the last callback. */
  async burst({ devices }: Audience): Promise<number> {
    const seconds = await this.#load(devices, AT_ONCE, BURST_PER_USER, this.#publish);
    const rate = (USERS * BURST_PER_USER) / seconds;
    this.#evidence.series('delivered to callbacks', 'events/s').add(Math.round(rate));
    return rate;
  }

  /** Cuts each reader off; milliseconds until it is live again, at the median. */
  async resume({ devices }: Audience): Promise<number> {
    const durations = await inTurn(devices, async (device) => {
      const lives = device.edges.length;
      device.cut();
      await device.until('is live again', () => device.edges.length > lives);
    });
    return this.#recorded('connection cut to live again', durations);
  }

  /** Each reader leaves, misses some events and comes back; milliseconds until it has had them all, at the median. */
  async catchUp({ devices }: Audience): Promise<number> {
    await Promise.all(devices.map((device) => device.leave()));
    const load = new SteadyLoad({
      users: devices.map(({ log }) => log.user),
      ratePerUser: AT_ONCE,
      eventsPerUser: MISSED,
      publish: this.#publish,
    });
    await load.done();
    this.#published.push(...load.published);
    const durations = await inTurn(devices, async (device) => {
      device.comeBack();
      await device.untilSeen(load.lastAcknowledged(device.log.user));
    });
    for (const ms of durations)
      this.#evidence.latency(`back to ${MISSED} missed events delivered`).record(ms);
    return median(durations);
  }

  /** Ends these readers; what they have seen is kept for the audit. */
  async dismiss({ devices }: Audience): Promise<void> {
    await Promise.all(devices.map((device) => device[Symbol.asyncDispose]()));
    this.#logs.push(...devices.map(({ log }) => log));
  }

  async audit(): Promise<Audit> {
    const committed = await dumpStreams(this.nats.urls);
    return audit({ published: this.#published, committed, clients: this.#logs });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }

  /** Publishes for all readers and resolves, when each has seen its last event, to how many seconds that took. */
  async #load(
    devices: readonly RecordedClient[],
    ratePerUser: number,
    eventsPerUser: number,
    publish: Publish,
  ): Promise<number> {
    const users = devices.map(({ log }) => log.user);
    const startedMs = performance.now();
    const load = new SteadyLoad({ users, ratePerUser, eventsPerUser, publish, padChars: PAD_CHARS });
    await load.done();
    await Promise.all(devices.map((device) => device.untilSeen(load.lastAcknowledged(device.log.user))));
    this.#published.push(...load.published);
    return (performance.now() - startedMs) / 1_000;
  }

  /** Keeps the durations as evidence; their median. */
  #recorded(name: string, durations: readonly number[]): number {
    for (const ms of durations) this.#evidence.latency(name).record(ms);
    return median(durations);
  }

  readonly #publish = async (user: string, events: readonly SomeEvent[]): Promise<void> => {
    const id = parseUserId(user);
    if (id === undefined) throw new RangeError(`not a user id: ${user}`);
    const cloudEvents = events.map((event) => ({ specversion: '1.0' as const, ...event }));
    await this.#broker.publisher.publish(id, cloudEvents);
  };
}

interface SomeEvent {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly data: object;
}

/** The readers of one round. */
export interface Audience {
  readonly devices: readonly RecordedClient[];
  /** From publish to callback. */
  readonly latency: LatencyRecorder;
  /** From the making of a client to caught up, at the median. */
  readonly connectMs: number;
}

/** Does `work` with one after the other; the milliseconds that each took. */
async function inTurn<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<readonly number[]> {
  const durations: number[] = [];
  for (const item of items) {
    const startedMs = performance.now();
    await work(item);
    durations.push(performance.now() - startedMs);
  }
  return durations;
}
