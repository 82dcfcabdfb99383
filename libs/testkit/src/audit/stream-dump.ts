import { connect } from '@nats-io/transport-node';
import { jetstream, jetstreamManager, type JetStreamClient, type JsMsg } from '@nats-io/jetstream';
import { eventually } from '../eventually.ts';
import type { Committed } from './logs.ts';
import type { RunEvent } from './run-life.ts';

const SUBJECT = /^ev\.[0-9]+\.([^.]+)$/;
const BATCH = 5_000;
const ANSWER_WITHIN_MS = 5_000;
const PAGE_WITHIN_MS = 1_000;
const COMPLETE_WITHIN_MS = 120_000;
const READ_WITHIN_MS = 180_000;

/**
 * Reads all events of the streams as they lie in NATS, by an ordinary JetStream consumer: a way of its own, which
 * shares no code with what edges read by. In order of shard, then sequence. The consumer may live beside a replica
 * that is behind; it is waited for until it has reached what the stream's leader calls the last event. A cluster that
 * cannot answer yet, after a fault, is asked again. A million events take some ten seconds.
 */
export function dumpStreams(urls: readonly string[]): Promise<readonly Committed[]> {
  return dump(urls, (user, message) => {
    const { id } = message.json<{ readonly id: string }>();
    return { user, id, seq: message.seq };
  });
}

/** Reads the events of all agent runs, in the same way. */
export function dumpRuns(urls: readonly string[]): Promise<readonly RunEvent[]> {
  return dump(urls, (user, message) => runEventOf(user, message.seq, message.json<EventInStream>()));
}

interface EventInStream {
  readonly id: string;
  readonly type: string;
  readonly runid?: string;
  readonly attempt?: number;
  readonly data?: {
    readonly commandid?: string;
    readonly callid?: string;
    readonly index?: number;
    readonly stopped?: boolean;
  };
}

/** What the life of a run is judged by; undefined for an event of no run. */
export function runEventOf(user: string, seq: number, event: EventInStream): RunEvent | undefined {
  const { type, runid, attempt = 1, data = {} } = event;
  if (runid === undefined) return undefined;
  const { commandid, callid, index, stopped } = data;
  return {
    user,
    seq,
    type,
    runid,
    attempt,
    ...(commandid === undefined ? {} : { commandId: commandid }),
    ...(callid === undefined ? {} : { callId: callid }),
    ...(index === undefined ? {} : { index }),
    ...(stopped === undefined ? {} : { stopped }),
  };
}

type Take<T> = (user: string, message: JsMsg) => T | undefined;

function dump<T>(urls: readonly string[], take: Take<T>): Promise<readonly T[]> {
  return eventually('the streams are read to their end', () => readAll(urls, take), READ_WITHIN_MS);
}

async function readAll<T>(urls: readonly string[], take: Take<T>): Promise<readonly T[]> {
  const connection = await connect({ servers: [...urls], ignoreClusterUpdates: true });
  try {
    const manager = await jetstreamManager(connection, { timeout: ANSWER_WITHIN_MS });
    const events: T[] = [];
    const read = new Set<string>();
    for await (const { config } of manager.streams.list()) {
      // A cluster that has just come back may name a stream twice.
      if (read.has(config.name) || !config.subjects.some((subject) => subject.startsWith('ev.'))) continue;
      read.add(config.name);
      const last = await manager.streams.getMessage(config.name, { last_by_subj: 'ev.>' });
      if (last) await readUpTo(jetstream(connection), config.name, last.seq, take, events);
    }
    return events;
  } finally {
    await connection.close();
  }
}

async function readUpTo<T>(
  js: JetStreamClient,
  stream: string,
  lastSeq: number,
  take: Take<T>,
  into: T[],
): Promise<void> {
  const consumer = await js.consumers.get(stream, { filter_subjects: 'ev.>' });
  const deadline = performance.now() + COMPLETE_WITHIN_MS;
  const userOf = userBySubject();
  let seq = 0;
  while (seq < lastSeq) {
    if (performance.now() > deadline)
      throw new Error(`${stream}: a replica is stuck at ${seq} of ${lastSeq}`);
    for await (const message of await consumer.fetch({ max_messages: BATCH, expires: PAGE_WITHIN_MS })) {
      // A consumer that was lost with its server begins anew, from the first message.
      if (message.seq <= seq) continue;
      const user = userOf(message.subject);
      const taken = user === undefined ? undefined : take(user, message);
      if (taken !== undefined) into.push(taken);
      seq = message.seq;
      if (seq >= lastSeq) break;
    }
  }
  await consumer.delete();
}

/** The inverse of how PROTOCOL.md writes a user id as one token: `=` and two hexadecimal digits are a byte. */
function userBySubject(): (subject: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  return (subject) => {
    if (!known.has(subject)) {
      const token = SUBJECT.exec(subject)?.[1];
      known.set(subject, token === undefined ? undefined : decodeURIComponent(token.replaceAll('=', '%')));
    }
    return known.get(subject);
  };
}
