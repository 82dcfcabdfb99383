import type { ClientOptions } from '@longspan/client';
import { SignJWT } from 'jose';
import { freePort } from '../net/free-port.ts';
import { MessageLoss } from '../net/message-loss.ts';
import { TcpRelay } from '../net/tcp-relay.ts';
import type { NatsCluster } from '../nats/nats-cluster.ts';
import { RawClient, type RawClientOptions } from '../raw-client.ts';
import { IngressApi } from './ingress-api.ts';
import { RecordedClient } from './recorded-client.ts';
import { Service } from './service.ts';

const JWT_SECRET = 'a secret of the test kit, used nowhere else';
const PUBLISH_TOKEN = 'test-publish-token';
const TOKEN_LIFETIME = '1h';
const LOG_LINES_SHOWN = 60;

export interface BridgeOptions {
  readonly nats: NatsCluster;
  /** How many edges; default 2. */
  readonly edges?: number;
  /** Default true. */
  readonly ingress?: boolean;
  /** Default false. */
  readonly agent?: boolean;
  /** Puts a relay between each edge and a single NATS server, to break their link by. Default false. */
  readonly relayNats?: boolean;
  /** More environment for all services. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Edge {
  readonly name: string;
  /** Its base url, `http://127.0.0.1:<port>`; the same across restarts. */
  readonly url: string;
  /** Where WebSockets connect. */
  readonly endpoint: string;
  readonly service: Service;
  /** The link to NATS, where the bridge was started with `relayNats`. */
  readonly natsLink: TcpRelay | undefined;
  /** Loses messages on that link. */
  readonly natsLoss: MessageLoss;
}

/** Starts edges and, unless told otherwise, an ingress as processes over `nats`; resolves when all serve. */
export async function startBridge(options: BridgeOptions): Promise<Bridge> {
  const { nats, edges: edgeCount = 2, ingress: withIngress = true, agent: withAgent = false } = options;
  await using cleanup = new AsyncDisposableStack();
  const env = {
    LONGSPAN_MODE: 'development',
    LONGSPAN_HOST: '127.0.0.1',
    LONGSPAN_NATS_URL: nats.urls.join(','),
    LONGSPAN_REPLICAS: String(nats.size),
    LONGSPAN_JWT_SECRET: JWT_SECRET,
    LONGSPAN_PUBLISH_TOKENS: PUBLISH_TOKEN,
    ...options.env,
  };
  const edges: Edge[] = [];
  for (let i = 0; i < edgeCount; i += 1) {
    const port = await freePort();
    const natsLoss = new MessageLoss();
    const natsLink = options.relayNats ? cleanup.use(await relayTo(nats, natsLoss)) : undefined;
    const name = `edge-${i}`;
    const service = new Service({
      kind: 'edge',
      name,
      env: {
        ...env,
        LONGSPAN_PORT: String(port),
        ...(natsLink ? { LONGSPAN_NATS_URL: `nats://127.0.0.1:${natsLink.port}` } : {}),
      },
    });
    cleanup.use(service);
    edges.push({
      name,
      url: `http://127.0.0.1:${port}`,
      endpoint: `ws://127.0.0.1:${port}/v1/ws`,
      service,
      natsLink,
      natsLoss,
    });
  }
  const ingressPort = await freePort();
  const ingressEnv = {
    ...env,
    LONGSPAN_PORT: String(ingressPort),
    LONGSPAN_EDGE_URLS: edges.map(({ url }) => url).join(','),
  };
  const ingress = withIngress
    ? cleanup.use(new Service({ kind: 'ingress', name: 'ingress-0', env: ingressEnv }))
    : undefined;
  const agent = withAgent ? cleanup.use(new Service({ kind: 'agent', name: 'agent-0', env })) : undefined;
  const services = [
    ...edges.map((edge) => edge.service),
    ...(ingress ? [ingress] : []),
    ...(agent ? [agent] : []),
  ];
  await Promise.all(services.map((service) => service.start()));
  const api = new IngressApi(`http://127.0.0.1:${ingressPort}`, PUBLISH_TOKEN);
  return new Bridge(edges, api, ingress, agent, services, cleanup.move());
}

/** A running system: the real services as processes, over real NATS. */
export class Bridge implements AsyncDisposable {
  readonly edges: readonly Edge[];
  readonly ingress: IngressApi;
  readonly ingressService: Service | undefined;
  readonly agentService: Service | undefined;
  readonly #services: readonly Service[];
  readonly #owned: AsyncDisposableStack;

  constructor(
    edges: readonly Edge[],
    ingress: IngressApi,
    ingressService: Service | undefined,
    agentService: Service | undefined,
    services: readonly Service[],
    owned: AsyncDisposableStack,
  ) {
    this.edges = edges;
    this.ingress = ingress;
    this.ingressService = ingressService;
    this.agentService = agentService;
    this.#services = services;
    this.#owned = owned;
  }

  get publishToken(): string {
    return PUBLISH_TOKEN;
  }

  /** The edge of this number; throws if there is none. */
  edge(index: number): Edge {
    const edge = this.edges[index];
    if (!edge) throw new RangeError(`no edge ${index} among ${this.edges.length}`);
    return edge;
  }

  /** A user's token, as a back end would issue it. */
  token(user: string, expires: string | Date = TOKEN_LIFETIME): Promise<string> {
    return new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(user)
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(new TextEncoder().encode(JWT_SECRET));
  }

  /** Publishes by the ingress; the form that `SteadyLoad` takes. */
  readonly publish = async (
    user: string,
    events: Parameters<IngressApi['publish']>[1],
    signal?: AbortSignal,
  ): Promise<void> => {
    await this.ingress.publish(user, events, signal);
  };

  /** A protocol-only client of all edges, not connected yet. `startAt` is the edge that it tries first. */
  async rawClient(
    user: string,
    options: Partial<RawClientOptions> & { readonly startAt?: number } = {},
  ): Promise<RawClient> {
    const { startAt = 0, ...rest } = options;
    const endpoints = this.edges.map((_, i) => this.edge((i + startAt) % this.edges.length).endpoint);
    return new RawClient({ endpoints, user, token: await this.token(user), ...rest });
  }

  /**
   * A client of all edges by the client library, connecting, from the earliest event on unless told otherwise.
   * @param options.label its name in the audit's log.
   */
  client(user: string, options: Partial<ClientOptions> & { readonly label?: string } = {}): RecordedClient {
    const { label = `client-${user}`, ...rest } = options;
    return new RecordedClient(user, label, {
      urls: this.edges.map(({ url }) => url),
      token: () => this.token(user),
      from: 'earliest',
      startAt: 0,
      ...rest,
    });
  }

  /** The last lines that each process has logged, for people who look into a failed test. */
  logTail(): string {
    return this.#services
      .map(({ name, log }) => `--- ${name}\n${log.trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n')}`)
      .join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}

function relayTo(nats: NatsCluster, loss: MessageLoss): Promise<TcpRelay> {
  const [url] = nats.urls;
  if (url === undefined || nats.size !== 1) throw new RangeError('relayNats is for a single NATS server');
  const port = Number(new URL(url).port);
  return TcpRelay.listen(() => port, loss.filter);
}
