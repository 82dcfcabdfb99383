import type { StartedNetwork, StartedTestContainer } from 'testcontainers';
import { freePort } from '../net/free-port.ts';
import { ContainerDisk } from './container-disk.ts';
import { ownLabels, removeOrphanContainers, type ContainerEngine } from './container-owner.ts';
import { logText } from './container-log.ts';
import { natsConf } from './nats-conf.ts';
import { monitorAnswers, untilSilent } from './nats-monitor.ts';
import type { NatsNode, NodeMaker } from './nats-node.ts';

/** No image of Testcontainers' reaper can be counted on: what a dead run left is removed by the next one instead. */
process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true';
const { GenericContainer, Network, PullPolicy, Wait, getContainerRuntimeClient } =
  await import('testcontainers');

const CLIENT_PORT = 4222;
const MONITOR_PORT = 8222;
const CLUSTER_PORT = 6222;
const CONFIG_PATH = '/longspan/nats.conf';
const STORE_DIR = '/longspan/store';
const LOG_LINES = 1_000;
/** What nodes hear of where to dial the others, which all know who they are to dial. */
const NOWHERE = '127.0.0.1:1';

/** Whether an image is named for the run and a Docker engine answers. */
export async function containersAvailable(): Promise<boolean> {
  if (natsImage() === undefined) return false;
  return getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
}

/**
 * Nodes as containers on a network of their own. Host ports are fixed, since Docker draws new ones at each start, and
 * data lies on the container's writable layer, which outlives kill and start, or on a disk of its own, which does not.
 */
export const containerNodes: NodeMaker = async ({ nodes: count, config: extra = '', diskBytes }) => {
  const image = natsImage();
  if (image === undefined) throw new Error('LONGSPAN_TEST_NATS_IMAGE names no image for containers');
  const engine = await getContainerRuntimeClient();
  await removeOrphanContainers(engine);
  await using cleanup = new AsyncDisposableStack();
  const network = cleanup.use(await new Network().start());
  const names = Array.from({ length: count }, (_, i) => `n${i}`);
  const nodes: NatsNode[] = [];
  for (const [index, name] of names.entries()) {
    const next = names[(index + 1) % count];
    const config = natsConf({
      name,
      host: '0.0.0.0',
      clientPort: CLIENT_PORT,
      monitorPort: MONITOR_PORT,
      storeDir: STORE_DIR,
      ...(count > 1
        ? {
            cluster: {
              port: CLUSTER_PORT,
              // As for processes, each pair of the three has one who dials.
              routes: [`nats://${next}:${CLUSTER_PORT}`],
              advertise: NOWHERE,
            },
          }
        : {}),
      extra,
    });
    const disk =
      diskBytes === undefined ? undefined : cleanup.use(await ContainerDisk.make(engine, diskBytes));
    const ports = { client: await freePort(), monitor: await freePort() };
    nodes.push(cleanup.use(new ContainerNode({ engine, network, image, name, config, ports, disk })));
  }
  const owned = cleanup.move();
  const impairRoutes = () => {
    throw new Error('containers reach each other directly');
  };
  return { nodes, impairRoutes, [Symbol.asyncDispose]: () => owned.disposeAsync() };
};

interface Parts {
  readonly engine: ContainerEngine;
  readonly network: StartedNetwork;
  readonly image: string;
  readonly name: string;
  readonly config: string;
  readonly ports: { readonly client: number; readonly monitor: number };
  readonly disk: ContainerDisk | undefined;
}

class ContainerNode implements NatsNode {
  readonly name: string;
  readonly clientPort: number;
  readonly monitorPort: number;
  readonly #parts: Parts;
  #started: StartedTestContainer | undefined;

  constructor(parts: Parts) {
    this.name = parts.name;
    this.clientPort = parts.ports.client;
    this.monitorPort = parts.ports.monitor;
    this.#parts = parts;
  }

  async start(): Promise<void> {
    if (this.#started) await this.#container().start();
    else this.#started = await this.#create();
    await monitorAnswers(this.monitorPort);
  }

  async kill(): Promise<void> {
    await this.#signal('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#signal('SIGUSR2');
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
    await this.#container().pause();
  }

  async thaw(): Promise<void> {
    await this.#container().unpause();
  }

  async cut(): Promise<void> {
    await this.#networkOf().disconnect({ Container: this.#container().id, Force: true });
  }

  async uncut(): Promise<void> {
    await this.#networkOf().connect({
      Container: this.#container().id,
      EndpointConfig: { Aliases: [this.name] },
    });
  }

  async fillDisk(): Promise<void> {
    await this.#disk().fill(this.#running(), STORE_DIR);
  }

  async freeDisk(): Promise<void> {
    await this.#disk().free(this.#running(), STORE_DIR);
  }

  async log(): Promise<string> {
    const log = await this.#container().logs({ stdout: true, stderr: true, tail: LOG_LINES });
    return logText(log);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const container = this.#started;
    this.#started = undefined;
    await container?.stop({ timeout: 0, remove: true, removeVolumes: true });
  }

  #create(): Promise<StartedTestContainer> {
    const { image, network, config, disk } = this.#parts;
    return (
      new GenericContainer(image)
        .withPullPolicy(PullPolicy.neverPull())
        .withLabels(ownLabels())
        .withNetwork(network)
        .withNetworkAliases(this.name)
        .withExposedPorts(
          { container: CLIENT_PORT, host: this.clientPort },
          { container: MONITOR_PORT, host: this.monitorPort },
        )
        .withCopyContentToContainer([{ content: config, target: CONFIG_PATH }])
        .withBindMounts(disk ? [{ source: disk.name, target: STORE_DIR }] : [])
        .withCommand(['-c', CONFIG_PATH])
        // The default looks for ports by a shell inside, which an image from scratch does not have.
        .withWaitStrategy(Wait.forLogMessage(/Server is ready/))
        .start()
    );
  }

  async #signal(signal: string): Promise<void> {
    const container = this.#container();
    await container.kill({ signal });
    await container.wait();
  }

  #container() {
    return this.#parts.engine.container.getById(this.#running().getId());
  }

  #networkOf() {
    return this.#parts.engine.network.getById(this.#parts.network.getId());
  }

  #running(): StartedTestContainer {
    if (!this.#started) throw new Error(`${this.name} was never started`);
    return this.#started;
  }

  #disk(): ContainerDisk {
    const { disk } = this.#parts;
    if (!disk) throw new Error(`${this.name} has no disk of its own`);
    return disk;
  }
}

function natsImage(): string | undefined {
  const image = process.env['LONGSPAN_TEST_NATS_IMAGE'];
  return image === undefined || image === '' ? undefined : image;
}
