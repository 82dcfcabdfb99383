import type { StartedNetwork, StartedTestContainer } from 'testcontainers';
import { freePort } from '../net/free-port.ts';
import { natsConf } from './nats-conf.ts';
import { monitorAnswers, untilSilent } from './nats-monitor.ts';
import type { NatsNode, NodeMaker } from './nats-node.ts';
import { isAlive } from './orphans.ts';

/** No image of Testcontainers' reaper can be counted on: what a dead run left is removed by the next one instead. */
process.env['TESTCONTAINERS_RYUK_DISABLED'] ??= 'true';
const { GenericContainer, Network, PullPolicy, Wait, getContainerRuntimeClient } =
  await import('testcontainers');

const CLIENT_PORT = 4222;
const MONITOR_PORT = 8222;
const CLUSTER_PORT = 6222;
const CONFIG_PATH = '/longspan/nats.conf';
const OWNER_LABEL = 'longspan.test.owner';
const LOG_LINES = 200;

type Engine = Awaited<ReturnType<typeof getContainerRuntimeClient>>;

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
 * data lies on the container's writable layer, which outlives kill and start.
 */
export const containerNodes: NodeMaker = async (count, extra) => {
  const image = natsImage();
  if (image === undefined) throw new Error('LONGSPAN_TEST_NATS_IMAGE names no image for containers');
  const engine = await getContainerRuntimeClient();
  await removeOrphans(engine);
  await using cleanup = new AsyncDisposableStack();
  const network = cleanup.use(await new Network().start());
  const names = Array.from({ length: count }, (_, i) => `n${i}`);
  const nodes: NatsNode[] = [];
  for (const name of names) {
    const config = natsConf({
      name,
      host: '0.0.0.0',
      clientPort: CLIENT_PORT,
      monitorPort: MONITOR_PORT,
      storeDir: '/longspan/store',
      ...(count > 1
        ? {
            cluster: {
              port: CLUSTER_PORT,
              routes: names
                .filter((other) => other !== name)
                .map((other) => `nats://${other}:${CLUSTER_PORT}`),
            },
          }
        : {}),
      extra,
    });
    nodes.push(
      cleanup.use(
        new ContainerNode(engine, network, image, { name, config }, await freePort(), await freePort()),
      ),
    );
  }
  const owned = cleanup.move();
  return { nodes, [Symbol.asyncDispose]: () => owned.disposeAsync() };
};

class ContainerNode implements NatsNode {
  readonly name: string;
  readonly clientPort: number;
  readonly monitorPort: number;
  readonly #engine: Engine;
  readonly #network: StartedNetwork;
  readonly #image: string;
  readonly #config: string;
  #started: StartedTestContainer | undefined;

  constructor(
    engine: Engine,
    network: StartedNetwork,
    image: string,
    { name, config }: { readonly name: string; readonly config: string },
    clientPort: number,
    monitorPort: number,
  ) {
    this.name = name;
    this.clientPort = clientPort;
    this.monitorPort = monitorPort;
    this.#engine = engine;
    this.#network = network;
    this.#image = image;
    this.#config = config;
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
    await this.#container().pause();
    await untilSilent(this.monitorPort);
  }

  async unpause(): Promise<void> {
    await this.#container().unpause();
    await monitorAnswers(this.monitorPort);
  }

  async cut(): Promise<void> {
    const network = this.#engine.network.getById(this.#network.getId());
    await network.disconnect({ Container: this.#container().id, Force: true });
  }

  async uncut(): Promise<void> {
    const network = this.#engine.network.getById(this.#network.getId());
    await network.connect({ Container: this.#container().id, EndpointConfig: { Aliases: [this.name] } });
  }

  async log(): Promise<string> {
    const log = await this.#container().logs({ stdout: true, stderr: true, tail: LOG_LINES });
    return log.toString('utf8');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const container = this.#started;
    this.#started = undefined;
    await container?.stop({ timeout: 0, remove: true, removeVolumes: true });
  }

  #create(): Promise<StartedTestContainer> {
    return (
      new GenericContainer(this.#image)
        .withPullPolicy(PullPolicy.neverPull())
        .withLabels({ [OWNER_LABEL]: String(process.pid) })
        .withNetwork(this.#network)
        .withNetworkAliases(this.name)
        .withExposedPorts(
          { container: CLIENT_PORT, host: this.clientPort },
          { container: MONITOR_PORT, host: this.monitorPort },
        )
        .withCopyContentToContainer([{ content: this.#config, target: CONFIG_PATH }])
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
    if (!this.#started) throw new Error(`${this.name} was never started`);
    return this.#engine.container.getById(this.#started.getId());
  }
}

function natsImage(): string | undefined {
  const image = process.env['LONGSPAN_TEST_NATS_IMAGE'];
  return image === undefined || image === '' ? undefined : image;
}

/** Removes the containers of test runs that were killed before they could clean up. */
async function removeOrphans(engine: Engine): Promise<void> {
  const left = await engine.container.dockerode.listContainers({
    all: true,
    filters: { label: [OWNER_LABEL] },
  });
  for (const { Id, Labels } of left) {
    const owner = Number(Labels[OWNER_LABEL]);
    if (Number.isNaN(owner) || isAlive(owner)) continue;
    await engine.container.getById(Id).remove({ force: true, v: true });
  }
}
