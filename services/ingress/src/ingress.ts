import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectNats, ensureTopology, NatsEventLog } from '@longspan/broker';
import { NatsControl } from '../../../libs/broker/src/nats/control.ts';
import { NatsPublisher } from '../../../libs/broker/src/nats/publisher.ts';
import type { Logger } from '@longspan/telemetry';
import type { IngressConfig } from './config.ts';
import { Readiness } from './readiness.ts';
import { createServer } from './server.ts';

/** An ingress that serves. */
export interface Ingress extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
}

/**
 * Brings an ingress up: NATS, the streams, the routes, then the port. Disposing of it drains it: not ready, stop
 * accepting, finish the requests in work, flush what is published, then NATS.
 */
export async function startIngress(config: IngressConfig, logger: Logger): Promise<Ingress> {
  await using cleanup = new AsyncDisposableStack();
  const nc = cleanup.adopt(await connectNats({ ...config.nats, name: config.name }), (connection) =>
    connection.close(),
  );
  const shards = await ensureTopology(nc, config.topology);
  const log = cleanup.use(await NatsEventLog.open(nc, shards));
  const publisher = cleanup.use(
    new NatsPublisher(nc, {
      shards,
      epochOf: (shard) => log.stateOf(shard).epoch,
      refreshEpoch: (shard) => log.refresh(shard),
    }),
  );
  const control = new NatsControl(nc);
  cleanup.use(
    log.notices((notice) =>
      logger.info(
        { notice: notice.type, ...('shard' in notice && { shard: notice.shard }) },
        'ingress.log_notice',
      ),
    ),
  );

  const readiness = new Readiness(log);
  const app = await createServer({ config, publisher, log, control, logger }, readiness);
  cleanup.defer(() => app.close());
  await app.listen({ host: config.host, port: config.port });
  cleanup.defer(async () => {
    readiness.drain();
    await sleep(config.drainMs);
  });
  const { address, port } = app.server.address() as AddressInfo;
  const running = cleanup.move();
  return { host: address, port, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
