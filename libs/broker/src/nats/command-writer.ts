import type { NatsConnection } from '@nats-io/transport-node';
import { formatPosition, type Epoch } from '@longspan/protocol';
import { BrokerError } from '../errors.ts';
import type { CommandReceipt, CommandWriter, NewCommand, SendOptions } from '../port/commands.ts';
import { PUBLISH_BUDGET_MS } from '../port/publisher.ts';
import { messageId } from '../publish/message-id.ts';
import { COMMANDS_STREAM, commandSubject } from '../subjects.ts';
import { sendCommandSpan } from '../tracing/command-span.ts';
import { errorType } from '../tracing/operation.ts';
import { COMMAND_CONTENT_TYPE, encodeCommand } from './command-message.ts';
import { PublisherLanes } from './publisher-lanes.ts';
import { MESSAGE_OVERHEAD_BYTES } from './publisher-wire.ts';
import { EVENT_BYTES_MAX } from './stream-wish.ts';

export interface NatsCommandWriterOptions {
  /** The epoch of the stream of commands as last known. */
  readonly epochOf: () => Epoch;
}

/** Writes commands into their stream, one under way per user, on a connection that it does not own (G7). */
export class NatsCommandWriter implements CommandWriter {
  readonly #options: NatsCommandWriterOptions;
  readonly #lanes: PublisherLanes;

  constructor(nc: NatsConnection, options: NatsCommandWriterOptions) {
    this.#options = options;
    this.#lanes = new PublisherLanes(nc, {
      // People type slower than a commit takes, and a stream without atomic batches needs no other care.
      batches: false,
      contentType: COMMAND_CONTENT_TYPE,
    });
  }

  async send(command: NewCommand, options: SendOptions = {}): Promise<CommandReceipt> {
    const span = sendCommandSpan(command, options.context);
    try {
      const receipt = await this.#send(command, span.traceparent, options.budgetMs ?? PUBLISH_BUDGET_MS);
      span.end();
      return receipt;
    } catch (error) {
      span.fail(errorType(error));
      throw error;
    }
  }

  async #send(
    command: NewCommand,
    traceparent: string | undefined,
    budgetMs: number,
  ): Promise<CommandReceipt> {
    const payload = encodeCommand(command);
    if (payload.length > EVENT_BYTES_MAX) {
      throw new BrokerError('too_big', `a command of ${payload.length} bytes; at most ${EVENT_BYTES_MAX}`);
    }
    const subject = commandSubject(command.user);
    const message = {
      subject,
      msgId: messageId(command.user, command.id),
      payload,
      publishedMs: Date.now(),
      traceparent,
    };
    const [place] = await this.#lanes.submit(
      COMMANDS_STREAM,
      subject,
      { messages: [message], bytes: payload.length + MESSAGE_OVERHEAD_BYTES },
      budgetMs,
    );
    if (place === undefined) throw new Error('a command was published without a place');
    return {
      position: formatPosition({ epoch: this.#options.epochOf(), seq: place.seq }),
      duplicate: place.duplicate,
    };
  }

  /** Settles what is under way first. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#lanes[Symbol.asyncDispose]();
  }
}
