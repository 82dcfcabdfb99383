import type { NatsConnection } from '@nats-io/transport-node';
import type { CloudEvent, Epoch, UserId } from '@longspan/protocol';
import { BrokerError } from '../errors.ts';
import {
  PUBLISH_BUDGET_MS,
  PUBLISH_EVENTS_MAX,
  type Publisher,
  type PublishOptions,
  type Receipt,
} from '../port/publisher.ts';
import type { Place } from '../publish/flight.ts';
import type { Message } from '../publish/message.ts';
import { BATCH_BYTES_MAX } from '../publish/lanes.ts';
import { messageId } from '../publish/message-id.ts';
import { shardOf, type ShardId } from '../shard.ts';
import { eventSubject, shardStream } from '../subjects.ts';
import { PublishSpans, withOrigin } from '../tracing/publish-spans.ts';
import { PublisherLanes } from './publisher-lanes.ts';
import { PublisherMetrics } from './publisher-metrics.ts';
import { MESSAGE_OVERHEAD_BYTES } from './publisher-wire.ts';
import { EVENT_BYTES_MAX } from './stream-wish.ts';

export interface NatsPublisherOptions {
  readonly shards: number;
  /** The shard's epoch as last known. */
  readonly epochOf: (shard: ShardId) => Epoch;
  /** Asks the log for the shard's epoch, after which `epochOf` gives the new one. */
  readonly refreshEpoch?: (shard: ShardId) => Promise<unknown>;
}

const CONTENT_TYPE = 'application/cloudevents+json';

/**
 * Publishes events into the shards' streams on a connection that it does not own.
 *
 * An acknowledgement names the stream, not its epoch. If the sequences of a stream go back, it was made anew: the
 * epoch is asked for again before receipts are given out. A stream made anew and grown beyond its old sequences
 * unseen leaves receipts with the old epoch; who resumes from one is told a gap (`reset`), never left without.
 */
export class NatsPublisher implements Publisher {
  readonly #nc: NatsConnection;
  readonly #options: NatsPublisherOptions;
  readonly #lanes: PublisherLanes;
  readonly #metrics = new PublisherMetrics();
  readonly #refreshing = new Map<ShardId, Promise<unknown>>();

  constructor(nc: NatsConnection, options: NatsPublisherOptions) {
    this.#nc = nc;
    this.#options = options;
    const shardOfStream = new Map(
      Array.from({ length: options.shards }, (_, shard) => [shardStream(shard as ShardId), shard as ShardId]),
    );
    this.#lanes = new PublisherLanes(nc, {
      batches: true,
      contentType: CONTENT_TYPE,
      onWentBack: (stream) => this.#refresh(shardOfStream.get(stream)),
      onSentAgain: () => this.#metrics.sentAgain(),
    });
  }

  async publish(
    user: UserId,
    events: readonly CloudEvent[],
    options: PublishOptions = {},
  ): Promise<readonly Receipt[]> {
    if (events.length === 0) return [];
    const metrics = this.#metrics;
    const spans = new PublishSpans(events, options.context);
    const startedMs = metrics.started();
    try {
      const shard = shardOf(user, this.#options.shards);
      const places = await this.#submit(shard, user, events, spans.traceparents, options.budgetMs);
      const refreshing = this.#refreshing.get(shard);
      if (refreshing !== undefined) await refreshing;
      const receipts = receiptsOf(events, places, this.#options.epochOf(shard));
      metrics.committed(startedMs, receipts);
      spans.end(receipts);
      return receipts;
    } catch (error) {
      metrics.failed(startedMs, events.length, error);
      spans.fail(error);
      throw error;
    }
  }

  /** Settles what is under way first. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#lanes[Symbol.asyncDispose]();
  }

  #submit(
    shard: ShardId,
    user: UserId,
    events: readonly CloudEvent[],
    traceparents: PublishSpans['traceparents'],
    budgetMs = PUBLISH_BUDGET_MS,
  ): Promise<readonly Place[]> {
    const subject = eventSubject(shard, user);
    const publishedMs = Date.now();
    const messages = events.map((event, i) => toMessage(subject, user, event, publishedMs, traceparents[i]));
    const bytes = this.#measure(messages);
    return this.#lanes.submit(shardStream(shard), subject, { messages, bytes }, budgetMs);
  }

  #measure(messages: readonly Message[]): number {
    if (messages.length > PUBLISH_EVENTS_MAX) {
      throw new BrokerError('too_big', `${messages.length} events at once; at most ${PUBLISH_EVENTS_MAX}`);
    }
    const payloadMax = this.#nc.info?.max_payload ?? Number.POSITIVE_INFINITY;
    const messageMax = Math.min(EVENT_BYTES_MAX, payloadMax - MESSAGE_OVERHEAD_BYTES);
    let bytes = 0;
    for (const { payload } of messages) {
      if (payload.length > messageMax) {
        throw new BrokerError('too_big', `an event of ${payload.length} bytes; at most ${messageMax}`);
      }
      bytes += payload.length + MESSAGE_OVERHEAD_BYTES;
    }
    if (bytes > BATCH_BYTES_MAX) {
      throw new BrokerError('too_big', `${bytes} bytes of events at once; at most ${BATCH_BYTES_MAX}`);
    }
    return bytes;
  }

  #refresh(shard: ShardId | undefined): void {
    if (shard === undefined || this.#options.refreshEpoch === undefined || this.#refreshing.has(shard))
      return;
    // An epoch that cannot be asked for leaves the receipts with the old one: see above.
    const refreshing = this.#options.refreshEpoch(shard).then(
      () => this.#refreshing.delete(shard),
      () => this.#refreshing.delete(shard),
    );
    this.#refreshing.set(shard, refreshing);
  }
}

function receiptsOf(
  events: readonly CloudEvent[],
  places: readonly Place[],
  epoch: Epoch,
): readonly Receipt[] {
  return events.map(({ id }, i) => {
    const place = places[i];
    if (place === undefined) throw new Error('an event was published without a place');
    return { id, position: { epoch, seq: place.seq }, duplicate: place.duplicate };
  });
}

function toMessage(
  subject: string,
  user: UserId,
  event: CloudEvent,
  publishedMs: number,
  traceparent: string | undefined,
): Message {
  return {
    subject,
    msgId: messageId(user, event.source, event.id),
    payload: payloadOf(event, traceparent),
    publishedMs,
    traceparent,
  };
}

/** An event that is acceptable by itself does not become too big by being traced. */
function payloadOf(event: CloudEvent, traceparent: string | undefined): Uint8Array {
  const traced = withOrigin(event, traceparent);
  const payload = Buffer.from(JSON.stringify(traced));
  return traced === event || payload.length <= EVENT_BYTES_MAX ? payload : Buffer.from(JSON.stringify(event));
}
