import {
  Bridge,
  freePort,
  IngressApi,
  JWT_SECRET,
  type NatsCluster,
  type ProductImage,
  type ServiceContainer,
} from '@longspan/testkit';

const PUBLISH_TOKEN = 'test-publish-token';
const EDGES = 2;

/** The system, each service in a container of the product's image, in production mode. */
export class ContainerSystem implements AsyncDisposable {
  readonly edges: readonly ServiceContainer[];
  readonly services: readonly ServiceContainer[];
  /** For clients and publishers; it owns nothing. */
  readonly bridge: Bridge;
  readonly #owned: AsyncDisposableStack;

  /** Makes the streams by the topology job, then resolves when all services serve. */
  static async start(image: ProductImage, nats: NatsCluster): Promise<ContainerSystem> {
    await using cleanup = new AsyncDisposableStack();
    const common = { LONGSPAN_NATS_URL: nats.urls.join(','), LONGSPAN_HOST: '127.0.0.1' };
    const service = async (kind: string, name: string, port: number, env: Record<string, string>) => {
      const own = { LONGSPAN_PORT: String(port), LONGSPAN_METRICS_PORT: String(await freePort()) };
      return cleanup.use(image.service({ kind, name, env: { ...common, ...own, ...env } }));
    };
    const topology = await service('topology', 'topology', 0, { LONGSPAN_SHARDS: '2' });
    const code = await topology.run();
    if (code !== 0) throw new Error(`the topology job ended with ${code}:\n${await topology.log()}`);
    const edges: ServiceContainer[] = [];
    const clientUrls: string[] = [];
    for (let i = 0; i < EDGES; i += 1) {
      const port = await freePort();
      const env = { LONGSPAN_JWT_SECRET: JWT_SECRET, LONGSPAN_DRAIN_MS: '1000' };
      edges.push(await service('edge', `edge-${i}`, port, env));
      clientUrls.push(`http://127.0.0.1:${port}`);
    }
    const port = await freePort();
    const ingress = await service('ingress', 'ingress', port, { LONGSPAN_PUBLISH_TOKENS: PUBLISH_TOKEN });
    const services = [...edges, ingress, await service('agent', 'agent', 0, {})];
    await Promise.all(services.map((each) => each.start()));
    const api = new IngressApi(`http://127.0.0.1:${port}`, PUBLISH_TOKEN);
    const parts = { edges: [], ingress: api, ingressNatsLink: undefined, services: [], clientUrls };
    const bridge = new Bridge(parts, new AsyncDisposableStack());
    return new ContainerSystem(edges, services, bridge, cleanup.move());
  }

  private constructor(
    edges: readonly ServiceContainer[],
    services: readonly ServiceContainer[],
    bridge: Bridge,
    owned: AsyncDisposableStack,
  ) {
    this.edges = edges;
    this.services = services;
    this.bridge = bridge;
    this.#owned = owned;
  }

  /** What all of them have logged in this life, for people. */
  async logs(): Promise<string> {
    const logs = this.services.map(async (service) => `--- ${service.name}\n${await service.log()}`);
    return (await Promise.all(logs)).join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}
