import { eventually } from '../eventually.ts';
import type { NatsNode, NodeMaker, NodesOptions, NodeSet, RouteImpairment } from './nats-node.ts';
import {
  connectionsOf,
  resourcesOf,
  routedPeers,
  streamsOf,
  untilHealthy,
  type ConnectionView,
  type NodeResources,
} from './nats-monitor.ts';
import { processNodes } from './nats-process.ts';
import { Stutter, type StutterOptions } from './stutter.ts';

/** What the nodes of a cluster run in. */
export type NatsBackend = 'containers' | 'processes';

export interface NatsOptions extends NodesOptions {
  readonly nodes: 1 | 3;
  /** Default: containers where the run has an image for them and Docker answers, else processes. */
  readonly backend?: NatsBackend;
}

const START_WITHIN_MS = 60_000;
/** An election takes 4 to 9 s; two may be needed. */
const LEADER_WITHIN_MS = 30_000;
const LAST_WORDS = 20;
/**
 * A replica that led a stream when it was cut off may be unable to follow until the new leader takes its next snapshot, after
 * two to three minutes ("Expected first catchup entry to be a snapshot", nats-server 2.15.1).
 */
const CURRENT_WITHIN_MS = 300_000;

/** Starts a NATS server or a cluster of three, with JetStream on files, and resolves when it takes streams. */
export async function startNats(options: NatsOptions): Promise<NatsCluster> {
  // Loaded only when asked for: it takes a while, and most tests do without.
  const containers = options.backend === 'processes' ? undefined : await import('./nats-container.ts');
  const backend = options.backend ?? ((await containers?.containersAvailable()) ? 'containers' : 'processes');
  const make: NodeMaker = containers && backend === 'containers' ? containers.containerNodes : processNodes;
  await using cleanup = new AsyncDisposableStack();
  const set = cleanup.use(await make(options));
  await Promise.all(set.nodes.map((node) => node.start()));
  await Promise.all(set.nodes.map((node) => untilHealthy(node.monitorPort, START_WITHIN_MS)));
  cleanup.move();
  return new NatsCluster(backend, set);
}

type Impairment = 'down' | 'paused' | 'cut';

/**
 * A NATS cluster to be harmed: every method resolves when its effect has come about, and what was harmed can be
 * healed. Nodes are numbered from 0.
 */
export class NatsCluster implements AsyncDisposable {
  readonly backend: NatsBackend;
  /** Where clients connect: one url a node; the same across restarts. */
  readonly urls: readonly string[];
  readonly #set: NodeSet;
  readonly #impaired = new Map<number, Set<Impairment>>();

  constructor(backend: NatsBackend, set: NodeSet) {
    this.backend = backend;
    this.#set = set;
    this.urls = set.nodes.map((node) => `nats://127.0.0.1:${node.clientPort}`);
  }

  get size(): number {
    return this.#set.nodes.length;
  }

  /** Kills a node hard: no farewell, nothing flushed. */
  async kill(node: number): Promise<void> {
    this.#impair(node, 'down');
    await this.#node(node).kill();
  }

  /** Ends a node as an operator would: it hands leadership over, sends its clients away and goes. */
  async stop(node: number): Promise<void> {
    this.#impair(node, 'down');
    await this.#node(node).stop();
  }

  /** Starts a node again with the data it had. `waitCurrent` tells when it has caught up. */
  async start(node: number): Promise<void> {
    await this.#node(node).start();
    this.#repair(node, 'down');
  }

  /**
   * Restarts every node as an upgrade does, one after the other: it hands over, goes, comes back and catches up before the
   * next one goes.
   * @param whileAway awaited while each node is away.
   */
  async roll(whileAway: (node: number) => Promise<void>): Promise<void> {
    for (const node of this.#set.nodes.keys()) {
      await this.stop(node);
      await whileAway(node);
      await this.start(node);
      await this.waitCurrent(node);
    }
  }

  /** Leaves a node without room on its disk; for clusters with `diskBytes`. */
  async fillDisk(node: number): Promise<void> {
    await this.#node(node).fillDisk();
  }

  /** Makes room again on a full disk. */
  async freeDisk(node: number): Promise<void> {
    await this.#node(node).freeDisk();
  }

  /** Makes a node slow, as one whose disk hangs again and again, until what this returns is disposed of. */
  stutter(node: number, options: StutterOptions): Stutter {
    return new Stutter(this.#node(node), options);
  }

  /** Freezes a node; its connections stay open. */
  async pause(node: number): Promise<void> {
    this.#impair(node, 'paused');
    await this.#node(node).pause();
  }

  async unpause(node: number): Promise<void> {
    await this.#node(node).unpause();
    this.#repair(node, 'paused');
  }

  /** From now on the network between two nodes does this; processes only. A partition goes on beside it. */
  impairRoutes(of: RouteImpairment): void {
    this.#set.impairRoutes(of);
  }

  /** Cuts a node from the other nodes; clients still reach all of them. */
  async partition(node: number): Promise<void> {
    this.#impair(node, 'cut');
    await this.#node(node).cut();
  }

  async heal(node: number): Promise<void> {
    await this.#node(node).uncut();
    this.#repair(node, 'cut');
  }

  /** The node that leads the stream, in the eyes of a majority, and that can: running and not cut off. */
  async leaderOf(stream: string): Promise<number | undefined> {
    if (this.size === 1) return 0;
    const votes = new Map<string, number>();
    const views = this.#able().map(async (node) => {
      const leader = (await streamsOf(node.monitorPort)).find((view) => view.name === stream)?.leader;
      if (leader !== undefined && leader !== '') votes.set(leader, (votes.get(leader) ?? 0) + 1);
    });
    await Promise.allSettled(views);
    const majority = Math.floor(this.size / 2) + 1;
    const elected = [...votes].find(([, count]) => count >= majority)?.[0];
    const leader = this.#able().find((node) => node.name === elected);
    return leader && this.#set.nodes.indexOf(leader);
  }

  /** Resolves to the stream's leader when there is one. */
  async waitForLeader(stream: string): Promise<number> {
    return this.#until(`stream ${stream} has a leader`, () => this.leaderOf(stream), LEADER_WITHIN_MS);
  }

  /** Resolves to the stream's leader when it is another one than `former`. */
  async waitForOtherLeader(stream: string, former: number): Promise<number> {
    return this.#until(
      `stream ${stream} has another leader`,
      async () => {
        const leader = await this.leaderOf(stream);
        return leader === former ? undefined : leader;
      },
      LEADER_WITHIN_MS,
    );
  }

  /** Resolves when the node has routes to all able nodes and its replicas have caught up. */
  async waitCurrent(node: number): Promise<void> {
    const { monitorPort, name } = this.#node(node);
    await untilHealthy(monitorPort, CURRENT_WITHIN_MS);
    if (this.size === 1) return;
    const peers = this.#able().length - 1;
    await this.#until(
      `${name} has routes to ${peers} nodes`,
      async () => (await routedPeers(monitorPort)) >= peers,
      CURRENT_WITHIN_MS,
    );
    // A node that was cut off calls itself healthy as soon as it hears of the others, and may then be behind for
    // many seconds: what counts is that it knows the leaders, and has what they had when it was asked.
    const goals = new Map<string, number>();
    await this.#until(
      `${name} has all that the leaders have`,
      async () => {
        for (const stream of await this.#streamNames()) {
          if (goals.has(stream)) continue;
          const leader = await this.leaderOf(stream);
          if (leader === undefined) return false;
          const views = await streamsOf(this.#node(leader).monitorPort);
          goals.set(stream, views.find((view) => view.name === stream)?.lastSeq ?? 0);
        }
        const own = new Map((await streamsOf(monitorPort)).map((view) => [view.name, view]));
        const caughtUp = [...goals].map(async ([stream, lastSeq]) => {
          const view = own.get(stream);
          const leader = this.#set.nodes[(await this.leaderOf(stream)) ?? -1]?.name;
          return view !== undefined && view.leader === leader && view.lastSeq >= lastSeq;
        });
        return (await Promise.all(caughtUp)).every(Boolean);
      },
      CURRENT_WITHIN_MS,
    );
  }

  /** The client connections of all nodes that are able. */
  async connections(): Promise<readonly ConnectionView[]> {
    return (await Promise.all(this.#able().map((node) => connectionsOf(node.monitorPort)))).flat();
  }

  /** What each node that is able holds for its clients. */
  async resources(): Promise<readonly NodeResources[]> {
    return Promise.all(this.#able().map((node) => resourcesOf(node.monitorPort)));
  }

  /** What a node has logged lately. */
  async log(node: number): Promise<string> {
    return this.#node(node).log();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#set[Symbol.asyncDispose]();
  }

  /** As `eventually`; what does not come about is told with what the nodes have logged last. */
  async #until<T>(what: string, probe: () => Promise<T | undefined | false>, timeoutMs: number): Promise<T> {
    try {
      return await eventually(what, probe, timeoutMs);
    } catch (error) {
      const logs = await Promise.all(this.#set.nodes.map(lastWords));
      throw new Error([error instanceof Error ? error.message : String(error), ...logs].join('\n'), {
        cause: error,
      });
    }
  }

  #node(index: number): NatsNode {
    const node = this.#set.nodes[index];
    if (!node) throw new RangeError(`no node ${index} in a cluster of ${this.size}`);
    return node;
  }

  /** The streams that any able node knows: one that lost its disk knows none at first. */
  async #streamNames(): Promise<ReadonlySet<string>> {
    const views = await Promise.all(this.#able().map((node) => streamsOf(node.monitorPort)));
    return new Set(views.flat().map(({ name }) => name));
  }

  #able(): readonly NatsNode[] {
    return this.#set.nodes.filter((_, index) => (this.#impaired.get(index)?.size ?? 0) === 0);
  }

  #impair(index: number, how: Impairment): void {
    const set = this.#impaired.get(index) ?? new Set();
    this.#impaired.set(index, set.add(how));
  }

  #repair(index: number, how: Impairment): void {
    this.#impaired.get(index)?.delete(how);
  }
}

/** The end of a node's log, without what it says about being asked for its health. */
async function lastWords(node: NatsNode): Promise<string> {
  const log = await node.log().catch((error: unknown) => String(error));
  const lines = log.split('\n').filter((line) => line !== '' && !line.includes('Healthcheck failed'));
  return [`--- ${node.name}`, ...lines.slice(-LAST_WORDS)].join('\n');
}
