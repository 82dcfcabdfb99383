import { jetstream } from '@nats-io/jetstream';
import { headers, nanos, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { setTimeout as delay } from 'node:timers/promises';
import { BrokerError } from '../errors.ts';
import type { Command, Delivery } from '../port/commands.ts';
import { messageId } from '../publish/message-id.ts';
import { DEAD_COMMANDS_STREAM, deadSubject } from '../subjects.ts';
import { serverHeaders } from './server-headers.ts';

const CONFIRM_TIMEOUT_MS = 1_000;
const CONFIRM_RETRY_MS = 100;
const REASON_CHARS_MAX = 1_000;

/** What the reply subject of a consumer's message tells. */
export interface DeliveryFacts {
  readonly attempt: number;
  readonly seq: number;
}

/**
 * Reads `$JS.ACK.<stream>.<consumer>.<attempt>.<seq>.…`, or the form with domain and account before the stream
 * (nats-architecture-and-design, ADR-15); undefined if it is neither.
 */
export function deliveryFacts(reply: string | undefined): DeliveryFacts | undefined {
  const tokens = reply?.split('.') ?? [];
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK' || tokens.length < 9) return undefined;
  const at = tokens.length === 9 ? 4 : 6;
  const [attempt, seq] = [Number(tokens[at]), Number(tokens[at + 1])];
  return Number.isSafeInteger(attempt) && Number.isSafeInteger(seq) ? { attempt, seq } : undefined;
}

/** A consumer's message in an agent's hands. What it answers can be repeated: the server takes the first of its kind. */
export class NatsDelivery implements Delivery {
  readonly command: Command;
  readonly attempt: number;
  readonly seq: number;
  readonly #nc: NatsConnection;
  readonly #message: Msg;
  readonly #ackWaitMs: number;
  readonly #onSettled: () => void;

  /** @param onSettled called once the holder has let go of the command, whether or not the server knows. */
  constructor(
    nc: NatsConnection,
    message: Msg,
    command: Command,
    facts: DeliveryFacts,
    ackWaitMs: number,
    onSettled: () => void,
  ) {
    this.#nc = nc;
    this.#message = message;
    this.command = command;
    this.attempt = facts.attempt;
    this.seq = facts.seq;
    this.#ackWaitMs = ackWaitMs;
    this.#onSettled = onSettled;
  }

  working(): void {
    tell(this.#nc, this.#message, '+WPI');
  }

  async ack(): Promise<void> {
    try {
      await confirm(this.#nc, this.#message, '+ACK', this.#ackWaitMs);
    } finally {
      this.#onSettled();
    }
  }

  retry(delayMs: number): void {
    tell(this.#nc, this.#message, delayMs > 0 ? `-NAK ${JSON.stringify({ delay: nanos(delayMs) })}` : '-NAK');
    this.#onSettled();
  }

  async bury(reason: string): Promise<void> {
    try {
      await bury(this.#nc, this.#message, { attempt: this.attempt, seq: this.seq }, reason, this.#ackWaitMs);
    } finally {
      this.#onSettled();
    }
  }
}

/**
 * Copies a command to the dead letters, with the reason in its headers, and then tells the consumer that it is done
 * with. In this order a crash between the two leaves it to the next holder, whose copy is recognised as a repeat.
 */
export async function bury(
  nc: NatsConnection,
  message: Msg,
  facts: DeliveryFacts,
  reason: string,
  ackWaitMs: number,
): Promise<void> {
  const line = reason.replaceAll(/\s+/g, ' ').slice(0, REASON_CHARS_MAX);
  const header = headers();
  const known = serverHeaders(message);
  for (const key of ['traceparent', 'Content-Type']) {
    const value = known?.last(key);
    if (value) header.set(key, value);
  }
  header.set('Longspan-Reason', line);
  header.set('Longspan-Attempts', String(facts.attempt));
  header.set('Longspan-Command-Seq', String(facts.seq));
  await untilDone(ackWaitMs, 'the dead letter was not committed', () =>
    jetstream(nc).publish(deadSubject(message.subject), message.data, {
      headers: header,
      // The command's own id may come again after the window of duplicates: its sequence makes it one command.
      msgID: messageId(message.subject, String(facts.seq)),
      expect: { streamName: DEAD_COMMANDS_STREAM },
      timeout: CONFIRM_TIMEOUT_MS,
    }),
  );
  await confirm(nc, message, `+TERM ${line}`, ackWaitMs);
}

/** Tells the consumer and does not wait: if it is lost, the ack-wait brings the command back. */
export function tell(nc: NatsConnection, message: Msg, answer: string): void {
  if (message.reply !== undefined && !nc.isClosed()) nc.publish(message.reply, answer);
}

/** Tells the consumer until it confirms. After the ack-wait somebody else has the command, and it is too late. */
async function confirm(nc: NatsConnection, message: Msg, answer: string, ackWaitMs: number): Promise<void> {
  await untilDone(ackWaitMs, 'the log did not confirm in time', () =>
    nc.request(message.reply ?? '', answer, { timeout: CONFIRM_TIMEOUT_MS }),
  );
}

async function untilDone(budgetMs: number, failure: string, attempt: () => Promise<unknown>): Promise<void> {
  const deadlineMs = performance.now() + budgetMs;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (cause) {
      if (performance.now() + CONFIRM_RETRY_MS >= deadlineMs)
        throw new BrokerError('timeout', failure, { cause });
      await delay(CONFIRM_RETRY_MS);
    }
  }
}
