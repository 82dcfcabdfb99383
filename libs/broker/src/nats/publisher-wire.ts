import { nuid, type NatsConnection } from '@nats-io/transport-node';
import { isSampled } from '@longspan/protocol';
import type { FlightEffect } from '../publish/flight.ts';
import type { Message } from '../publish/message.ts';
import type { AckInbox } from './ack-inbox.ts';
import { PUBLISHED_AT_HEADER } from './published-time.ts';
import { ATTEMPT_HEADER, TRACE_HEADER } from './trace-header.ts';
import { writtenHeaders } from './written-headers.ts';

/** Where messages go, and what they are. */
export interface Destination {
  readonly stream: string;
  readonly contentType: string;
}

type SendEffect = FlightEffect & { type: 'send' };

const NOTHING = new Uint8Array();

/** Headers and protocol line beside the payload, generously: what must fit into the server's `max_payload` with it. */
export const MESSAGE_OVERHEAD_BYTES = 1_024;

/** Puts on the wire what a flight wants, in one contiguous run, so that a batch is never interleaved with another. */
export function putOnWire(
  nc: NatsConnection,
  inbox: AckInbox,
  to: Destination,
  flight: number,
  messages: readonly Message[],
  effect: FlightEffect,
): void {
  if (effect.type === 'probe') probe(nc, inbox, to, flight, messages, effect);
  else if (effect.messages.length === 1) sendOne(nc, inbox, to, flight, messages, effect);
  else sendBatch(nc, inbox, to, flight, messages, effect);
}

function sendOne(
  nc: NatsConnection,
  inbox: AckInbox,
  to: Destination,
  flight: number,
  messages: readonly Message[],
  { attempt, messages: [index = 0] }: SendEffect,
): void {
  const message = at(messages, index);
  nc.publish(message.subject, message.payload, {
    headers: writtenHeaders(linesOf(to, message, attempt) + expectedStream(to)),
    reply: inbox.replyTo({ flight, attempt, message: index }),
  });
}

/**
 * An atomic batch (NATS 2.12, ADR-50). The reply to the commit names the last sequence, and the batch's sequences are
 * consecutive; the others are replied to with nothing, or with why they are refused. Every attempt is a batch of its own: the server may still hold parts of the one before.
 */
function sendBatch(
  nc: NatsConnection,
  inbox: AckInbox,
  to: Destination,
  flight: number,
  messages: readonly Message[],
  { attempt, messages: indexes, askAll }: SendEffect,
): void {
  const batch = nuid.next();
  for (const [i, index] of indexes.entries()) {
    const message = at(messages, index);
    const commits = i === indexes.length - 1;
    const place = `Nats-Batch-Id: ${batch}\r\nNats-Batch-Sequence: ${i + 1}\r\n${commits ? 'Nats-Batch-Commit: 1\r\n' : ''}`;
    // A batch is of one stream: once is enough, and each message that says so costs three servers 1.8 µs.
    const expected = i === 0 ? expectedStream(to) : '';
    const headers = writtenHeaders(linesOf(to, message, attempt) + expected + place);
    const asks = commits || askAll;
    nc.publish(
      message.subject,
      message.payload,
      asks ? { headers, reply: inbox.replyTo({ flight, attempt, message: index }) } : { headers },
    );
  }
}

/**
 * Asks for each message whether its id is in the stream, without storing anything: a publish with the id and with a
 * rollup that does not exist. The server looks for the id first and answers a known one with its sequence; what is
 * left, it refuses (10111). The other headers that could be refused are worse: a single server checks expected
 * sequences before the id, and an unmet `Nats-Expected-Last-Msg-Id` stops a replicated stream for good (2.15.1).
 */
function probe(
  nc: NatsConnection,
  inbox: AckInbox,
  to: Destination,
  flight: number,
  messages: readonly Message[],
  { attempt, messages: indexes }: FlightEffect,
): void {
  for (const index of indexes) {
    const message = at(messages, index);
    const lines = `Nats-Msg-Id: ${message.msgId}\r\n${expectedStream(to)}Nats-Rollup: probe\r\n`;
    nc.publish(message.subject, NOTHING, {
      headers: writtenHeaders(lines),
      reply: inbox.replyTo({ flight, attempt, message: index }),
    });
  }
}

function expectedStream({ stream }: Destination): string {
  return `Nats-Expected-Stream: ${stream}\r\n`;
}

function linesOf(
  { contentType }: Destination,
  { publishedMs, traceparent, msgId }: Message,
  attempt: number,
): string {
  // What every edge reads of every message comes first, where it is found at once.
  const first = `${PUBLISHED_AT_HEADER}: ${publishedMs}\r\n`;
  const trace = traceparent === undefined ? '' : `${TRACE_HEADER}: ${traceparent}\r\n`;
  const kept = attempt > 1 && isSampled(traceparent ?? '');
  return `${first}${trace}Nats-Msg-Id: ${msgId}\r\nContent-Type: ${contentType}\r\n${kept ? `${ATTEMPT_HEADER}: ${attempt}\r\n` : ''}`;
}

function at(messages: readonly Message[], index: number): Message {
  const message = messages[index];
  if (message === undefined)
    throw new RangeError(`a flight of ${messages.length} messages has no message ${index}`);
  return message;
}
