import { connect } from '@nats-io/transport-node';
import { jetstream, jetstreamManager, type JetStreamClient } from '@nats-io/jetstream';
import { eventually } from '../eventually.ts';
import type { Committed } from './logs.ts';

const SUBJECT = /^ev\.[0-9]+\.([^.]+)$/;
const BATCH = 1_000;
const ANSWER_WITHIN_MS = 5_000;
const PAGE_WITHIN_MS = 1_000;
const COMPLETE_WITHIN_MS = 60_000;
const READ_WITHIN_MS = 90_000;

/**
 * Reads all events of the streams as they lie in NATS, by an ordinary JetStream consumer: a way of its own, which
 * shares no code with what edges read by. In order of shard, then sequence. The consumer may live beside a replica
 * that is behind; it is waited for until it has reached what the stream's leader calls the last event. A cluster that
 * cannot answer yet, after a fault, is asked again.
 */
export function dumpStreams(urls: readonly string[]): Promise<readonly Committed[]> {
  return eventually('the streams are read to their end', () => readAll(urls), READ_WITHIN_MS);
}

async function readAll(urls: readonly string[]): Promise<readonly Committed[]> {
  const connection = await connect({ servers: [...urls], ignoreClusterUpdates: true });
  try {
    const manager = await jetstreamManager(connection, { timeout: ANSWER_WITHIN_MS });
    const events: Committed[] = [];
    const read = new Set<string>();
    for await (const { config } of manager.streams.list()) {
      // A cluster that has just come back may name a stream twice.
      if (read.has(config.name) || !config.subjects.some((subject) => subject.startsWith('ev.'))) continue;
      read.add(config.name);
      const last = await manager.streams.getMessage(config.name, { last_by_subj: 'ev.>' });
      if (last) await readUpTo(jetstream(connection), config.name, last.seq, events);
    }
    return events;
  } finally {
    await connection.close();
  }
}

async function readUpTo(
  js: JetStreamClient,
  stream: string,
  lastSeq: number,
  into: Committed[],
): Promise<void> {
  const consumer = await js.consumers.get(stream, { filter_subjects: 'ev.>' });
  const deadline = performance.now() + COMPLETE_WITHIN_MS;
  let seq = 0;
  while (seq < lastSeq) {
    if (performance.now() > deadline)
      throw new Error(`${stream}: a replica is stuck at ${seq} of ${lastSeq}`);
    for await (const message of await consumer.fetch({ max_messages: BATCH, expires: PAGE_WITHIN_MS })) {
      // A consumer that was lost with its server begins anew, from the first message.
      if (message.seq <= seq) continue;
      const token = SUBJECT.exec(message.subject)?.[1];
      const event = message.json<{ readonly id: string }>();
      if (token !== undefined) into.push({ user: userOf(token), id: event.id, seq: message.seq });
      seq = message.seq;
      if (seq >= lastSeq) break;
    }
  }
  await consumer.delete();
}

/** The inverse of how PROTOCOL.md writes a user id as one token: `=` and two hexadecimal digits are a byte. */
function userOf(token: string): string {
  return decodeURIComponent(token.replaceAll('=', '%'));
}
