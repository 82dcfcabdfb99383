import { freePort } from '../net/free-port.ts';
import { MessageLoss } from '../net/message-loss.ts';
import { TcpRelay } from '../net/tcp-relay.ts';
import type { NatsCluster } from '../nats/nats-cluster.ts';
import { Bridge, JWT_SECRET, PUBLISH_TOKEN, type Edge } from './bridge.ts';
import { IngressApi } from './ingress-api.ts';
import { Service } from './service.ts';

export interface BridgeOptions {
  readonly nats: NatsCluster;
  /** How many edges; default 2. */
  readonly edges?: number;
  /** Default true. */
  readonly ingress?: boolean;
  /** Default false. */
  readonly agent?: boolean;
  /** Puts a relay between each edge, and the ingress, and a single NATS server, to break their links by. */
  readonly relayNats?: boolean;
  /** More environment for all services. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts edges, an ingress and an agent, as asked for, as processes over `nats`; resolves when all serve. */
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
    const edgeEnv = { ...env, ...viaRelay(natsLink), LONGSPAN_PORT: String(port) };
    const service = cleanup.use(new Service({ kind: 'edge', name: `edge-${i}`, env: edgeEnv }));
    const [url, endpoint] = [`http://127.0.0.1:${port}`, `ws://127.0.0.1:${port}/v1/ws`];
    edges.push({ name: service.name, url, endpoint, service, natsLink, natsLoss });
  }

  const port = await freePort();
  const natsLink = options.relayNats ? cleanup.use(await relayTo(nats, new MessageLoss())) : undefined;
  const edgeUrls = edges.map(({ url }) => url).join(',');
  const ingressEnv = {
    LONGSPAN_PORT: String(port),
    ...(edgeUrls === '' ? {} : { LONGSPAN_EDGE_URLS: edgeUrls }),
  };
  const ingress = new Service({
    kind: 'ingress',
    name: 'ingress-0',
    env: { ...env, ...viaRelay(natsLink), ...ingressEnv },
  });
  const agent = new Service({ kind: 'agent', name: 'agent-0', env });
  const services = [
    ...edges.map((edge) => edge.service),
    ...(withIngress ? [cleanup.use(ingress)] : []),
    ...(withAgent ? [cleanup.use(agent)] : []),
  ];
  await Promise.all(services.map((service) => service.start()));
  const api = new IngressApi(`http://127.0.0.1:${port}`, PUBLISH_TOKEN);
  return new Bridge({ edges, ingress: api, ingressNatsLink: natsLink, services }, cleanup.move());
}

function viaRelay(link: TcpRelay | undefined): Readonly<Record<string, string>> {
  return link ? { LONGSPAN_NATS_URL: `nats://127.0.0.1:${link.port}` } : {};
}

function relayTo(nats: NatsCluster, loss: MessageLoss): Promise<TcpRelay> {
  const [url] = nats.urls;
  if (url === undefined || nats.size !== 1) throw new RangeError('relayNats is for a single NATS server');
  const port = Number(new URL(url).port);
  return TcpRelay.listen(() => port, loss.filter);
}
