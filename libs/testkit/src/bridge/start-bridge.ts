import { freePort } from '../net/free-port.ts';
import { MessageLoss } from '../net/message-loss.ts';
import { FaultProxy } from '../net/fault-proxy.ts';
import type { NatsCluster } from '../nats/nats-cluster.ts';
import { Bridge, PUBLISH_TOKEN, type Edge } from './bridge.ts';
import { IngressApi } from './ingress-api.ts';
import { Service } from './service.ts';
import { JWT_SECRET } from './tokens.ts';

export interface BridgeOptions {
  readonly nats: NatsCluster;
  /** How many edges; default 2. */
  readonly edges?: number;
  /** Default true. */
  readonly ingress?: boolean;
  /** How many agents, `agent-0` and so on, which share the work; default 0. */
  readonly agents?: number;
  /** Where spans go. With it, a hop tracer is started too, for servers that are `TRACED`. */
  readonly traces?: { readonly endpoint: string };
  /** Puts a relay between each edge, and the ingress, and a single NATS server, to break their links by. */
  readonly relayNats?: boolean;
  /** The NATS servers that a service knows, by its name: `edge-0`, `ingress-0`, `agent-0`; all of them by default. */
  readonly natsUrlsOf?: (service: string) => readonly string[];
  /** Gives each service a port for its metrics: `service.scrape()`. */
  readonly metrics?: boolean;
  /** More environment for all services. */
  readonly env?: Readonly<Record<string, string>>;
  /** More environment for one service, by its name. */
  readonly envOf?: (service: string) => Readonly<Record<string, string>>;
}

/** Starts edges, an ingress and agents, as asked for, as processes over `nats`; resolves when all serve. */
export async function startBridge(options: BridgeOptions): Promise<Bridge> {
  const { nats, edges: edgeCount = 2, ingress: withIngress = true, agents: agentCount = 0 } = options;
  await using cleanup = new AsyncDisposableStack();
  const env = {
    LONGSPAN_MODE: 'development',
    LONGSPAN_HOST: '127.0.0.1',
    LONGSPAN_REPLICAS: String(nats.size),
    LONGSPAN_JWT_SECRET: JWT_SECRET,
    LONGSPAN_PUBLISH_TOKENS: PUBLISH_TOKEN,
    ...(options.traces === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: options.traces.endpoint }),
    ...options.env,
  };

  const urlsOf = options.natsUrlsOf ?? (() => nats.urls);
  const ownEnv = async (service: string, link: FaultProxy | undefined) => ({
    LONGSPAN_NATS_URL: link ? `nats://127.0.0.1:${link.port}` : urlsOf(service).join(','),
    ...(options.metrics === true ? { LONGSPAN_METRICS_PORT: String(await freePort()) } : {}),
    ...options.envOf?.(service),
  });

  const edges: Edge[] = [];
  for (let i = 0; i < edgeCount; i += 1) {
    const port = await freePort();
    const natsLoss = new MessageLoss();
    const natsLink = options.relayNats ? cleanup.use(await relayTo(nats, natsLoss)) : undefined;
    const name = `edge-${i}`;
    const edgeEnv = { ...env, ...(await ownEnv(name, natsLink)), LONGSPAN_PORT: String(port) };
    const service = cleanup.use(new Service({ kind: 'edge', name, env: edgeEnv }));
    const [url, endpoint] = [`http://127.0.0.1:${port}`, `ws://127.0.0.1:${port}/v1/ws`];
    edges.push({ name, url, endpoint, service, natsLink, natsLoss });
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
    env: { ...env, ...(await ownEnv('ingress-0', natsLink)), ...ingressEnv },
  });
  const agents: Service[] = [];
  for (let i = 0; i < agentCount; i += 1) {
    const name = `agent-${i}`;
    const agentEnv = { ...env, ...(await ownEnv(name, undefined)) };
    agents.push(cleanup.use(new Service({ kind: 'agent', name, env: agentEnv })));
  }
  const tracers: Service[] = [];
  if (options.traces !== undefined) {
    const name = 'hop-tracer-0';
    const tracerEnv = { ...env, ...(await ownEnv(name, undefined)) };
    tracers.push(cleanup.use(new Service({ kind: 'hop-tracer', name, env: tracerEnv })));
  }
  const services = [
    ...tracers,
    ...edges.map((edge) => edge.service),
    ...(withIngress ? [cleanup.use(ingress)] : []),
    ...agents,
  ];
  await Promise.all(services.map((service) => service.start()));
  const api = new IngressApi(`http://127.0.0.1:${port}`, PUBLISH_TOKEN);
  return new Bridge({ edges, ingress: api, ingressNatsLink: natsLink, services }, cleanup.move());
}

function relayTo(nats: NatsCluster, loss: MessageLoss): Promise<FaultProxy> {
  const [url] = nats.urls;
  if (url === undefined || nats.size !== 1) throw new RangeError('relayNats is for a single NATS server');
  const port = Number(new URL(url).port);
  return FaultProxy.listen(() => port, { filter: loss.filter });
}
