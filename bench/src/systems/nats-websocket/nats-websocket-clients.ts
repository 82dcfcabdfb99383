import { DeliverPolicy, jetstream } from '@nats-io/jetstream';
import { connect, wsconnect, type NatsConnection } from '@nats-io/transport-node';
import type { BenchEvent } from '../../load/event.ts';
import type { DeviceOptions, SystemClients } from '../clients.ts';
import { errorOf } from '../error-of.ts';
import { STREAM, subjectOf } from './stream.ts';

/** By NATS' own client, as its documentation has it: `js.publish`, and `consume` on an ordered consumer. */
export const natsWebSocketClients: SystemClients = {
  async openPublisher({ brokerUrls }) {
    const nc = await connect({ servers: [...brokerUrls], noAsyncTraces: true });
    const js = jetstream(nc);
    return {
      publish: (user, event, settled) => {
        js.publish(subjectOf(user), JSON.stringify(event)).then(
          () => settled(),
          (error: unknown) => settled(errorOf(error)),
        );
      },
      [Symbol.asyncDispose]: () => nc.close(),
    };
  },

  connect(access, options) {
    const connection = wsconnect({ servers: [access.brokerWebSocketUrl ?? ''], maxReconnectAttempts: -1 });
    const consuming = consume(connection, options);
    // A device that is refused never becomes live, which whoever waits for it tells.
    consuming.catch(() => undefined);
    return {
      close: async () => {
        const nc = await connection.catch(() => undefined);
        await nc?.close();
      },
    };
  },
};

async function consume(connection: Promise<NatsConnection>, options: DeviceOptions): Promise<void> {
  const { user, from, event, live } = options;
  const nc = await connection;
  const consumer = await jetstream(nc).consumers.get(STREAM, {
    filter_subjects: subjectOf(user),
    deliver_policy: from === 'earliest' ? DeliverPolicy.All : DeliverPolicy.New,
  });
  await consumer.consume({ callback: (message) => event(message.json<BenchEvent>()) });
  live();
}
