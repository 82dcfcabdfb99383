import { openBroker } from '@longspan/broker';
import { LongspanClient } from '@longspan/client';
import { parseUserId, type UserId } from '@longspan/protocol';
import { WebSocket } from 'ws';
import type { BenchEvent } from '../../load/event.ts';
import type { SystemClients } from '../clients.ts';
import { errorOf } from '../error-of.ts';
import { traceAsAService } from './trace-as-a-service.ts';

/** As a back end publishes and as an application subscribes. */
export const longspanClients: SystemClients = {
  async openPublisher({ brokerUrls, traces }) {
    const telemetry = await traceAsAService(traces);
    const broker = await openBroker({ nats: { servers: brokerUrls, name: 'bench' } });
    const ids = new Map<string, UserId>();
    return {
      publish: (user, event, settled) => {
        const id = ids.get(user) ?? userId(user);
        ids.set(user, id);
        broker.publisher.publish(id, [event]).then(
          () => settled(),
          (error: unknown) => settled(errorOf(error)),
        );
      },
      [Symbol.asyncDispose]: async () => {
        await broker[Symbol.asyncDispose]();
        await telemetry?.[Symbol.asyncDispose]();
      },
    };
  },

  connect({ edgeUrls }, { token, startAt, from, event, live, lost }) {
    const client = new LongspanClient({
      urls: edgeUrls,
      token,
      startAt: startAt % edgeUrls.length,
      from,
      WebSocket,
    });
    let isLive = false;
    client.on('event', (received) => event(received as BenchEvent));
    client.on('state', ({ kind }) => {
      if (kind === 'live') live();
      else if (isLive) lost();
      isLive = kind === 'live';
    });
    client.connect();
    return client;
  },
};

function userId(user: string): UserId {
  const id = parseUserId(user);
  if (id === undefined) throw new RangeError(`not a user id: ${user}`);
  return id;
}
