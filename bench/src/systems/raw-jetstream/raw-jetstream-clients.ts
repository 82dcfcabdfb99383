import { createInbox } from '@nats-io/transport-node';
import { eventSubject, openBroker, shardOf } from '@longspan/broker';
import { parseUserId } from '@longspan/protocol';
import type { SystemClients } from '../clients.ts';

/** An acknowledgement begins with `{"stream"`, a refusal with `{"error"`. */
const STREAM_INITIAL = 's'.charCodeAt(0);

/**
 * The fastest that JetStream takes from one connection: single messages without an id, not awaited one by one, answered into one
 * inbox. A retry could reorder or repeat them. The stream is exactly Longspan's.
 */
export const rawJetStreamClients: SystemClients = {
  async openPublisher({ brokerUrls, shards }) {
    const broker = await openBroker({ nats: { servers: brokerUrls, name: 'bench' } });
    const nc = broker.nats;
    const inbox = createInbox();
    const waiting = new Map<string, (error?: Error) => void>();
    nc.subscribe(`${inbox}.*`, {
      callback: (_, { subject, data }) => {
        const id = subject.slice(inbox.length + 1);
        const settled = waiting.get(id);
        waiting.delete(id);
        settled?.(data[2] === STREAM_INITIAL ? undefined : new Error('JetStream did not take it'));
      },
    });
    await nc.flush();
    const subjects = new Map<string, string>();
    let next = 0;
    return {
      publish: (user, event, settled) => {
        const subject = subjects.get(user) ?? subjectOf(user, shards);
        subjects.set(user, subject);
        const id = (next++).toString(36);
        waiting.set(id, settled);
        nc.publish(subject, JSON.stringify(event), { reply: `${inbox}.${id}` });
      },
      [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
    };
  },
};

function subjectOf(user: string, shards: number): string {
  const id = parseUserId(user);
  if (id === undefined) throw new RangeError(`not a user id: ${user}`);
  return eventSubject(shardOf(id, shards), id);
}
