import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OwnedProcess, readyOrGone } from '../child-process.ts';
import { freePort } from '../net/free-port.ts';
import { FaultProxy } from '../net/fault-proxy.ts';
import { natsConf } from './nats-conf.ts';
import { monitorAnswers, untilSilent } from './nats-monitor.ts';
import type { NatsNode, NodeMaker, RouteImpairment } from './nats-node.ts';
import { clusterDir, PID_FILE, removeOrphans } from './orphans.ts';
import { natsServerPath } from './nats-server-path.ts';

interface Ports {
  readonly name: string;
  readonly client: number;
  readonly monitor: number;
  readonly cluster: number;
}

/** A route between two nodes; it is cut as long as one of them is. */
interface Link {
  /** The number of the node that dials, and of the one that is dialled. */
  readonly from: number;
  readonly to: number;
  readonly relay: FaultProxy;
  readonly cutBy: Set<string>;
}

/**
 * Nodes as processes of this machine. Node i reaches node j only through a relay of its own, so that a partition is
 * what it is in a network: bytes that do not arrive, and no word about it.
 */
export const processNodes: NodeMaker = async ({ nodes: count, config: extra = '', diskBytes }) => {
  if (diskBytes !== undefined) throw new RangeError('only containers have disks of their own');
  const binary = natsServerPath();
  await using cleanup = new AsyncDisposableStack();
  await removeOrphans();
  const dir = await clusterDir();
  cleanup.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  const ports: Ports[] = [];
  for (let i = 0; i < count; i += 1) {
    ports.push({
      name: `n${i}`,
      client: await freePort(),
      monitor: await freePort(),
      cluster: await freePort(),
    });
  }
  const links = new Map<Ports, Link[]>(ports.map((node) => [node, []]));
  const nodes: NatsNode[] = [];
  for (const [from, own] of ports.entries()) {
    const routes: string[] = [];
    for (const [to, other] of ports.entries()) {
      // Each pair of the three has one who dials. Where both do, over a long way, each takes the other's connection for
      // a duplicate and closes it, and after a partition some subjects have no route for many seconds.
      if (other === own || (from + 1) % count !== to) continue;
      const relay = cleanup.use(await FaultProxy.listen(() => other.cluster));
      const link = { from, to, relay, cutBy: new Set<string>() };
      links.get(own)?.push(link);
      links.get(other)?.push(link);
      routes.push(`nats://127.0.0.1:${relay.port}`);
    }
    const home = join(dir, own.name);
    await mkdir(home, { recursive: true });
    const configPath = join(home, 'nats.conf');
    await writeFile(
      configPath,
      natsConf({
        name: own.name,
        host: '127.0.0.1',
        clientPort: own.client,
        monitorPort: own.monitor,
        storeDir: join(home, 'store'),
        // Nodes gossip where the others can be dialled. All know each other already, and no way may lead past the
        // relays, so what they hear is an address where nobody listens.
        ...(count > 1 ? { cluster: { port: own.cluster, routes, advertise: '127.0.0.1:1' } } : {}),
        extra,
      }),
    );
    nodes.push(
      cleanup.use(
        new ProcessNode(own, [binary, '-c', configPath, '-P', join(home, PID_FILE)], links.get(own) ?? []),
      ),
    );
  }
  const owned = cleanup.move();
  const impairRoutes = (of: RouteImpairment) => {
    for (const { from, to, relay } of [...links.values()].flat()) relay.impair(of(from, to));
  };
  return { nodes, impairRoutes, [Symbol.asyncDispose]: () => owned.disposeAsync() };
};

class ProcessNode implements NatsNode {
  readonly name: string;
  readonly clientPort: number;
  readonly monitorPort: number;
  readonly #command: readonly string[];
  readonly #links: readonly Link[];
  #process: OwnedProcess | undefined;

  constructor(ports: Ports, command: readonly string[], links: readonly Link[]) {
    this.name = ports.name;
    this.clientPort = ports.client;
    this.monitorPort = ports.monitor;
    this.#command = command;
    this.#links = links;
  }

  async start(): Promise<void> {
    const [command = '', ...args] = this.#command;
    const child = new OwnedProcess({ command, args });
    this.#process = child;
    await readyOrGone(this.name, child, monitorAnswers(this.monitorPort));
  }

  async kill(): Promise<void> {
    await this.#process?.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#process?.end('SIGUSR2');
  }

  async pause(): Promise<void> {
    await this.freeze();
    await untilSilent(this.monitorPort);
  }

  async unpause(): Promise<void> {
    await this.thaw();
    await monitorAnswers(this.monitorPort);
  }

  async freeze(): Promise<void> {
    this.#process?.signal('SIGSTOP');
  }

  async thaw(): Promise<void> {
    this.#process?.signal('SIGCONT');
  }

  async cut(): Promise<void> {
    for (const { relay, cutBy } of this.#links) {
      cutBy.add(this.name);
      relay.blackhole();
    }
  }

  async uncut(): Promise<void> {
    for (const { relay, cutBy } of this.#links) {
      cutBy.delete(this.name);
      if (cutBy.size === 0) relay.restore();
    }
  }

  fillDisk(): Promise<void> {
    throw new Error(`${this.name} has no disk of its own`);
  }

  freeDisk(): Promise<void> {
    throw new Error(`${this.name} has no disk of its own`);
  }

  async log(): Promise<string> {
    return this.#process?.log ?? '';
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
