import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBroker, Polled, tellStatus } from '@longspan/broker';
import { patiently, type Birth } from '@longspan/telemetry';
import type { FastifyInstance } from 'fastify';
import type { IngressConfig } from './config.ts';
import { OperationsFeed } from './operations/operations-feed.ts';
import { Readiness } from './readiness.ts';
import { createServer } from './server.ts';
import { measureStreams } from './stream-metrics.ts';

/** When it closes, requests have this long beyond the publish budget, in milliseconds; then their connections are cut. */
const CLOSE_SLACK_MS = 3_000;
/** How often NATS is asked how the streams are, in milliseconds. */
const STREAMS_POLL_MS = 2_000;

/** What an ingress is made from. */
type IngressBirth = Pick<Birth<IngressConfig>, 'config' | 'logger' | 'status'>;

/** An ingress that serves. */
export interface Ingress extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
}

/**
 * Brings an ingress up: NATS, the streams, the routes, then the port. Disposing of it drains it: not ready, stop
 * accepting, finish the requests in work, flush what is published, then NATS.
 */
export async function startIngress({ config, logger, status }: IngressBirth): Promise<Ingress> {
  await using cleanup = new AsyncDisposableStack();
  logger.info({ nats: config.nats.servers.map((server) => new URL(server).host) }, 'ingress.connecting');
  const { topology } = config;
  const nats = { ...config.nats, name: config.name };
  const open = () => openBroker({ nats, topology });
  const broker = cleanup.use(await patiently('open_broker', logger, open));
  const { log, publisher, control } = broker;
  const streams = cleanup.use(new Polled(() => broker.streams.read(), STREAMS_POLL_MS));
  measureStreams(streams);
  cleanup.use(tellStatus(broker.status, status));
  const operations = cleanup.use(
    new OperationsFeed({ ingress: config.name, status: broker.status, log, streams }),
  );
  cleanup.use(
    log.notices((notice) =>
      logger.info(
        { notice: notice.type, ...('shard' in notice && { shard: notice.shard }) },
        'ingress.log_notice',
      ),
    ),
  );

  const readiness = new Readiness(log);
  const app = await createServer({ config, publisher, log, control, operations, logger }, readiness);
  cleanup.defer(() => closeWithin(app, config.limits.publishBudgetMs + CLOSE_SLACK_MS));
  await app.listen({ host: config.host, port: config.port });
  cleanup.defer(async () => {
    readiness.drain();
    await sleep(config.drainMs);
  });
  const { address, port } = app.server.address() as AddressInfo;
  const running = cleanup.move();
  return { host: address, port, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Stops accepting and waits for the requests in work; one whose client does not finish sending it is given up. */
async function closeWithin(app: FastifyInstance, limitMs: number): Promise<void> {
  const overdue = setTimeout(() => app.server.closeAllConnections(), limitMs);
  await app.close();
  clearTimeout(overdue);
}
