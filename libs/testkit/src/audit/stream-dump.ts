import { connect } from '@nats-io/transport-node';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { Committed } from './logs.ts';

const SUBJECT = /^ev\.[0-9]+\.([^.]+)$/;
const BATCH = 1_000;
const ANSWER_WITHIN_MS = 5_000;

/**
 * Reads all events of the streams as they lie in NATS, by an ordinary JetStream consumer: a way of its own, which
 * shares no code with what edges read by. In order of shard, then sequence.
 */
export async function dumpStreams(urls: readonly string[]): Promise<readonly Committed[]> {
  const connection = await connect({ servers: [...urls], ignoreClusterUpdates: true });
  try {
    const manager = await jetstreamManager(connection, { timeout: ANSWER_WITHIN_MS });
    const events: Committed[] = [];
    for await (const { config } of manager.streams.list()) {
      if (!config.subjects.some((subject) => subject.startsWith('ev.'))) continue;
      const consumer = await jetstream(connection).consumers.get(config.name, { filter_subjects: 'ev.>' });
      let pending = (await consumer.info()).num_pending;
      while (pending > 0) {
        const page = await consumer.fetch({
          max_messages: Math.min(BATCH, pending),
          expires: ANSWER_WITHIN_MS,
        });
        for await (const message of page) {
          const token = SUBJECT.exec(message.subject)?.[1];
          const event = message.json<{ readonly id: string }>();
          if (token !== undefined) events.push({ user: userOf(token), id: event.id, seq: message.seq });
          pending = message.info.pending;
        }
      }
      await consumer.delete();
    }
    return events;
  } finally {
    await connection.close();
  }
}

/** The inverse of how PROTOCOL.md writes a user id as one token: `=` and two hexadecimal digits are a byte. */
function userOf(token: string): string {
  return decodeURIComponent(token.replaceAll('=', '%'));
}
