import { setTimeout as sleep } from 'node:timers/promises';
import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager, type JsMsg } from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import { eventually } from '../eventually.ts';

const BATCH = 5_000;
/** More at once may be more than a server keeps for a reader: it takes it for a slow consumer and sends it away. */
const BATCH_BYTES = 16 * 1024 * 1024;
const ANSWER_WITHIN_MS = 5_000;
const PAGE_WITHIN_MS = 1_000;
const PROGRESS_WITHIN_MS = 60_000;
const AGAIN_AFTER_MS = 50;
/** The server forgets a consumer that nobody asks for so long: its maker may not know that it was made, or cannot delete it. */
const FORGOTTEN_AFTER_MS = 20_000;

interface Reading {
  readonly stream: string;
  readonly filter: string;
  /** The last message to be read, in the stream's sequence. */
  readonly last: number;
  /** Messages to ask for at once. */
  readonly batch: number;
}

/**
 * Reads the messages of a stream whose subject fits `filter`, in order, up to the last one that its leader has: by an
 * ordinary JetStream consumer, a way that shares no code with what edges read by. The consumer may live beside a
 * replica that is behind, may have no leader yet, or go with its server: then it is made anew where it stopped. Nothing
 * is left of it half a minute later. Rejects after a minute without a message. A million messages take some ten seconds.
 */
export async function* storedMessages(
  nc: NatsConnection,
  stream: string,
  filter: string,
): AsyncGenerator<JsMsg, void, undefined> {
  const reading = await eventually(`the end of ${stream} is known`, () => begin(nc, stream, filter));
  let [seq, progressMs] = [0, performance.now()];
  while (seq < reading.last) {
    try {
      for await (const message of messagesFrom(nc, reading, seq + 1)) {
        [seq, progressMs] = [message.seq, performance.now()];
        yield message;
      }
    } catch (error) {
      if (performance.now() - progressMs < PROGRESS_WITHIN_MS) await sleep(AGAIN_AFTER_MS);
      else throw new Error(`${stream} was read to ${seq} of ${reading.last}`, { cause: error });
    }
  }
}

async function begin(nc: NatsConnection, stream: string, filter: string): Promise<Reading> {
  const { streams } = await jetstreamManager(nc, { timeout: ANSWER_WITHIN_MS });
  const { state } = await streams.info(stream);
  const last = await streams.getMessage(stream, { last_by_subj: filter });
  const fitting = Math.ceil((BATCH_BYTES * state.messages) / Math.max(state.bytes, 1));
  return { stream, filter, last: last?.seq ?? 0, batch: Math.max(1, Math.min(BATCH, fitting)) };
}

async function* messagesFrom(nc: NatsConnection, { stream, filter, last, batch }: Reading, from: number) {
  const manager = await jetstreamManager(nc, { timeout: ANSWER_WITHIN_MS });
  const info = await manager.consumers.add(stream, {
    filter_subject: filter,
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: from,
    num_replicas: 1,
    mem_storage: true,
    inactive_threshold: nanos(FORGOTTEN_AFTER_MS),
  });
  try {
    const consumer = jetstream(nc).consumers.getConsumerFromInfo(info);
    let deliveries = 0;
    for (let next = from; next <= last;) {
      const wanted = next;
      for await (const message of await consumer.fetch({ max_messages: batch, expires: PAGE_WITHIN_MS })) {
        // A message that was lost on its way does not come again.
        if (message.info.deliverySequence !== ++deliveries) throw new Error(`nothing came from ${next} on`);
        yield message;
        next = message.seq + 1;
        if (next > last) break;
      }
      if (next === wanted) throw new Error(`nothing came from ${wanted} on`);
    }
  } finally {
    await manager.consumers.delete(stream, info.name).catch(() => false);
  }
}
