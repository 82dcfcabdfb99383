import { openBroker, type Broker } from '@longspan/broker';
import { parseUserId } from '@longspan/protocol';
import {
  audit,
  dumpStreams,
  faultKindsOf,
  sabotagedFiles,
  sabotageEnv,
  startBridge,
  startNats,
  streamFacts,
  verdict,
  type Bridge,
  type BridgeOptions,
  type ClientLog,
  type NatsCluster,
  type Published,
  type SabotageName,
  type Seen,
} from '@longspan/testkit';
import { setTimeout as sleep } from 'node:timers/promises';

const EVENTS_PER_USER = 1_000;

/** What a scenario found: the kinds of faults, and in words. */
export interface Judgement {
  readonly faults: readonly string[];
  readonly words: string;
  /** The source files that were sabotaged; none of the product itself. */
  readonly sabotagedFiles: readonly string[];
}

/** The smallest run that shows a defect: of a sabotaged build, or of the product itself. */
export type Scenario = (sabotage: SabotageName | undefined) => Promise<Judgement>;

export interface StageOptions extends Omit<BridgeOptions, 'nats' | 'env'> {
  /** The build of the services; the product itself if there is none. */
  readonly sabotage: SabotageName | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** What a user may have in the stream. */
  readonly eventsPerUser?: number;
}

/** Devices of a sabotaged build may wait for ever: they are judged when nothing has come for so long. */
const QUIET_MS = 2_500;
const LOOK_EVERY_MS = 100;
const TAIL_MS = 30_000;

interface Device {
  readonly log: ClientLog;
  readonly seen: readonly Seen[];
  untilSeen(id: string, timeoutMs?: number): Promise<void>;
}

interface Parts {
  readonly nats: NatsCluster;
  readonly bridge: Bridge;
  readonly broker: Broker;
  readonly sabotage: SabotageName | undefined;
  readonly services: readonly string[];
}

/** One NATS server with the services of one build over it, and a publisher that is not sabotaged. */
export class Stage implements AsyncDisposable {
  readonly nats: NatsCluster;
  readonly bridge: Bridge;
  readonly published: Published[] = [];
  readonly #broker: Broker;
  readonly #sabotage: SabotageName | undefined;
  readonly #services: readonly string[];
  readonly #owned: AsyncDisposableStack;

  static async start({
    sabotage,
    env,
    eventsPerUser = EVENTS_PER_USER,
    ...options
  }: StageOptions): Promise<Stage> {
    await using cleanup = new AsyncDisposableStack();
    const nats = cleanup.use(await startNats({ nodes: 1, backend: 'processes' }));
    const topology = {
      shards: 1,
      replicas: 1,
      eventsPerUser,
      retentionMs: 3_600_000,
      duplicateWindowMs: 120_000,
    };
    const broker = cleanup.use(await openBroker({ nats: { servers: nats.urls, name: 'test' }, topology }));
    const bridge = cleanup.use(
      await startBridge({
        nats,
        edges: 1,
        ingress: false,
        ...options,
        env: { ...(sabotage === undefined ? {} : sabotageEnv(sabotage)), ...env },
      }),
    );
    const agents = Array.from({ length: options.agents ?? 0 }, (_, i) => `agent-${i}`);
    const services = ['edge-0', ...(options.ingress === true ? ['ingress-0'] : []), ...agents];
    return new Stage({ nats, bridge, broker, sabotage, services }, cleanup.move());
  }

  private constructor({ nats, bridge, broker, sabotage, services }: Parts, owned: AsyncDisposableStack) {
    this.nats = nats;
    this.bridge = bridge;
    this.#broker = broker;
    this.#sabotage = sabotage;
    this.#services = services;
    this.#owned = owned;
  }

  /** The source files that were sabotaged in one service or another. */
  get sabotagedFiles(): readonly string[] {
    return this.#services.flatMap((name) => sabotagedFiles(this.bridge.service(name).log));
  }

  /** Publishes the next `count` events of a user, of so many characters, and logs them. */
  async publish(user: string, count: number, padChars = 0): Promise<void> {
    const id = parseUserId(user);
    if (id === undefined) throw new RangeError(`not a user id: ${user}`);
    const from = this.published.length;
    const data = { pad: 'x'.repeat(padChars) };
    const events = Array.from({ length: count }, (_, i) => {
      return { specversion: '1.0', id: `e-${from + i}`, source: '/test', type: 'tick', data } as const;
    });
    const receipts = await this.#broker.publisher.publish(id, events);
    for (const { id: event, position } of receipts) {
      const { seq } = position;
      this.published.push({ publisher: 'test', user, id: event, outcome: 'acknowledged', seq });
    }
  }

  /** Waits until each device has its last event or, of a sabotaged build, until nothing comes any more; then judges. */
  async judge(devices: readonly Device[], logs: readonly ClientLog[] = []): Promise<Judgement> {
    const all = Promise.allSettled(
      devices.map(async (device) => {
        const { user } = device.log;
        const last = this.published.findLast(
          (event) => event.user === user && event.outcome === 'acknowledged',
        );
        if (last !== undefined) await device.untilSeen(last.id, TAIL_MS);
      }),
    );
    await (this.#sabotage === undefined ? all : Promise.race([all, untilQuiet(devices)]));
    return this.judgeLogs([...devices.map(({ log }) => log), ...logs]);
  }

  async judgeLogs(clients: readonly ClientLog[]): Promise<Judgement> {
    const [committed, streams] = [await dumpStreams(this.nats.urls), await streamFacts(this.nats.urls)];
    const result = audit({ published: this.published, committed, clients, streams });
    const { sabotagedFiles: files } = this;
    return { faults: faultKindsOf(result), words: verdict(result), sabotagedFiles: files };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}

/** Resolves when the devices have been given nothing for a while. */
async function untilQuiet(devices: readonly Device[]): Promise<void> {
  const given = (): number => devices.reduce((sum, { seen }) => sum + seen.length, 0);
  let [count, since] = [given(), performance.now()];
  while (performance.now() - since < QUIET_MS) {
    await sleep(LOOK_EVERY_MS);
    const now = given();
    if (now !== count) [count, since] = [now, performance.now()];
  }
}
