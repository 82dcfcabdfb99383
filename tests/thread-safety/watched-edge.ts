import {
  eventually,
  Inspector,
  lookForRemains,
  ServiceWatch,
  type Edge,
  type Evidence,
  type NatsCluster,
  type Remains,
} from '@longspan/testkit';

const MIB = 2 ** 20;
const REMAINS_WITHIN_MS = 15_000;

/** What an edge holds on to while nobody is connected. */
interface Holdings {
  readonly subscriptions: number;
  readonly openFiles: number;
  readonly heapMiB: number;
}

/** An edge that is looked into all the time: its event loop, its heap, and what it holds before and after. */
export class WatchedEdge implements AsyncDisposable {
  readonly name: string;
  readonly inspector: Inspector;
  readonly #edge: Edge;
  readonly #nats: NatsCluster;
  readonly #watch: ServiceWatch;
  readonly #before: Holdings;

  /**
   * Call it before anybody connects to the edge.
   * @param visit connects, sends and leaves once: what an edge makes for its first visitor and keeps is no leak.
   */
  static async attach(
    edge: Edge,
    nats: NatsCluster,
    evidence: Evidence,
    visit: () => Promise<void>,
  ): Promise<WatchedEdge> {
    const inspector = await Inspector.attach(edge.service);
    const files = (await edge.service.openFiles()) ?? 0;
    await visit();
    await eventually('the visitor has left', async () => ((await edge.service.openFiles()) ?? 0) <= files);
    const before = await holdingsOf(edge, nats, inspector);
    const watch = await ServiceWatch.start(inspector, {
      loopDelay: evidence.series(`longest event loop delay in a second, ${edge.name}`, 'ms'),
      heap: evidence.series(`heap in use, ${edge.name}`, 'MiB'),
    });
    return new WatchedEdge(edge, nats, inspector, watch, before);
  }

  private constructor(
    edge: Edge,
    nats: NatsCluster,
    inspector: Inspector,
    watch: ServiceWatch,
    before: Holdings,
  ) {
    this.name = edge.name;
    this.inspector = inspector;
    this.#edge = edge;
    this.#nats = nats;
    this.#watch = watch;
    this.#before = before;
  }

  get loopDelayMaxMs(): number {
    return this.#watch.loopDelayMaxMs;
  }

  /** Measures the event loop no more: from here on the edge is made to stand still by who looks into it. */
  async stopWatching(): Promise<void> {
    await this.#watch[Symbol.asyncDispose]();
  }

  /** Whether it holds no more subscriptions and files than before the crowd came. */
  async isEmpty(): Promise<boolean> {
    const now = await holdingsOf(this.#edge, this.#nats, this.inspector);
    return now.subscriptions <= this.#before.subscriptions && now.openFiles <= this.#before.openFiles;
  }

  /**
   * What is left of these users, and by how much the heap has grown, after collecting garbage. What goes by itself within
   * a while is no leak: an answer that is still under way when its reader leaves is held until it has come.
   */
  async remains(users: ReadonlySet<string>): Promise<Remains & { readonly grownMiB: number }> {
    let remains: Remains | undefined;
    const nothing = async (): Promise<boolean> => {
      remains = await lookForRemains(this.inspector, users);
      return remains.hosts + remains.texts.length + remains.payloads.length === 0;
    };
    await eventually('nothing is left', nothing, REMAINS_WITHIN_MS).catch(() => undefined);
    if (remains === undefined) throw new Error(`the memory of ${this.name} could not be looked into`);
    const { heapMiB } = await holdingsOf(this.#edge, this.#nats, this.inspector);
    return { ...remains, grownMiB: heapMiB - this.#before.heapMiB };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.inspector[Symbol.asyncDispose]();
  }
}

async function holdingsOf(edge: Edge, nats: NatsCluster, inspector: Inspector): Promise<Holdings> {
  await inspector.collectGarbage();
  const connections = await nats.connections();
  return {
    subscriptions: connections.find(({ name }) => name === edge.name)?.subscriptions ?? 0,
    openFiles: (await edge.service.openFiles()) ?? 0,
    heapMiB: Number(await inspector.evaluate('process.memoryUsage().heapUsed')) / MIB,
  };
}
