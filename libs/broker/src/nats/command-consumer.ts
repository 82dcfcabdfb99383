import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiError,
  jetstreamManager,
  type ConsumerInfo,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import { BrokerError } from '../errors.ts';
import type { QueueOptions } from '../port/commands.ts';
import { COMMANDS_STREAM } from '../subjects.ts';

const CONSUMER_NOT_FOUND = 10014;
const STREAM_NOT_FOUND = 10059;
/** Commands in all agents' hands together; more than agents and their concurrency will ever make. */
const ACK_PENDING_MAX = 10_000;

/**
 * Makes the durable consumer if it is not there and brings its ack-wait up to date. Returns up to which sequence
 * everything has been done with.
 * @param doneUpTo what this returned last: a consumer that somebody deleted is made anew from there, not from the start.
 */
export async function ensureConsumer(
  nc: NatsConnection,
  { name, ackWaitMs }: QueueOptions,
  doneUpTo: number,
): Promise<number> {
  try {
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    let info: ConsumerInfo;
    try {
      info = await jsm.consumers.info(COMMANDS_STREAM, name);
    } catch (error) {
      if (!isApiError(error, CONSUMER_NOT_FOUND)) throw error;
      info = await jsm.consumers.add(COMMANDS_STREAM, {
        durable_name: name,
        ack_policy: AckPolicy.Explicit,
        ack_wait: nanos(ackWaitMs),
        // How often is enough is the taker's decision, who also has a place for what is given up.
        max_deliver: -1,
        max_ack_pending: ACK_PENDING_MAX,
        ...(doneUpTo > 0
          ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: doneUpTo + 1 }
          : { deliver_policy: DeliverPolicy.All }),
      });
    }
    if (info.config.ack_wait !== nanos(ackWaitMs)) {
      info = await jsm.consumers.update(COMMANDS_STREAM, name, { ack_wait: nanos(ackWaitMs) });
    }
    return Math.max(doneUpTo, info.ack_floor.stream_seq);
  } catch (cause) {
    if (isApiError(cause, STREAM_NOT_FOUND)) {
      throw new BrokerError('misconfigured', 'the stream of commands does not exist', { cause });
    }
    throw new BrokerError('timeout', 'the consumer of commands cannot be had at the moment', { cause });
  }
}

/** How many commands the consumer has not given to anybody yet. */
export async function readBacklog(nc: NatsConnection, name: string): Promise<number> {
  try {
    const jsm = await jetstreamManager(nc, { checkAPI: false });
    const { num_pending } = await jsm.consumers.info(COMMANDS_STREAM, name);
    return num_pending;
  } catch (cause) {
    throw new BrokerError('timeout', 'the consumer of commands does not answer', { cause });
  }
}

function isApiError(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}
