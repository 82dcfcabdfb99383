import { BrokerError, openBroker, type Broker } from '@longspan/broker';
import { parseUserId } from '@longspan/protocol';
import { IngressApi } from '../bridge/ingress-api.ts';
import { RefusedError, type Publish } from '../steady-load.ts';
import type { Surroundings } from './crowd-messages.ts';

/** For streams that do not exist yet; a running bridge has made them. */
const TOPOLOGY = {
  shards: 1,
  replicas: 1,
  eventsPerUser: 1_000,
  retentionMs: 3_600_000,
  duplicateWindowMs: 120_000,
} as const;

/** Publishes as a back end does that has no broker of its own. */
export function byIngress({ ingress }: Surroundings): Publish {
  const api = new IngressApi(ingress.url, ingress.token);
  return async (user, events, signal) => void (await api.publish(user, events, signal));
}

/** A connection to the log for publishers that write to it themselves. */
export function openLog({ natsUrls }: Surroundings): Promise<Broker> {
  return openBroker({ nats: { servers: natsUrls, name: 'crowd' }, topology: TOPOLOGY });
}

/** Publishes as an agent does: into the log itself. */
export function byLog({ publisher }: Broker): Publish {
  return async (user, events) => {
    const id = parseUserId(user);
    if (id === undefined) throw new RefusedError(`not a user id: ${user}`);
    try {
      await publisher.publish(
        id,
        events.map((event) => ({ specversion: '1.0', ...event })),
      );
    } catch (error) {
      const { message } = error instanceof Error ? error : new Error(String(error));
      throw error instanceof BrokerError && !error.retryable ? new RefusedError(message) : error;
    }
  };
}
