import { connect } from '@nats-io/transport-node';
import { jetstream, jetstreamManager, type Consumer, type JsMsg } from '@nats-io/jetstream';
import { eventually } from '../eventually.ts';
import type { CommandEffect, Committed } from './logs.ts';
import type { RunEvent } from './run-life.ts';

const BATCH = 5_000;
/** More at once may be more than a server keeps for a reader: it takes it for a slow consumer and sends it away. */
const BATCH_BYTES = 16 * 1024 * 1024;
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
  return dump(urls, 'ev.', (user, message) => {
    const { id } = message.json<{ readonly id: string }>();
    return { user, id, seq: message.seq };
  });
}

/**
 * Reads the commands that are committed, in the same way: where nobody acts on them, that is their only effect.
 */
export function dumpCommands(urls: readonly string[]): Promise<readonly CommandEffect[]> {
  return dump(urls, 'cmd.', (user, message) => ({ user, id: message.json<{ readonly id: string }>().id }));
}

/** Reads the events of all agent runs, in the same way. */
export function dumpRuns(urls: readonly string[]): Promise<readonly RunEvent[]> {
  return dump(urls, 'ev.', (user, message) => runEventOf(user, message.seq, message.json<EventInStream>()));
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

/** Reads the streams whose subjects begin with `prefix`; the last token of a subject is its user. */
function dump<T>(urls: readonly string[], prefix: string, take: Take<T>): Promise<readonly T[]> {
  return eventually('the streams are read to their end', () => readAll(urls, prefix, take), READ_WITHIN_MS);
}

async function readAll<T>(urls: readonly string[], prefix: string, take: Take<T>): Promise<readonly T[]> {
  const connection = await connect({ servers: [...urls], ignoreClusterUpdates: true });
  try {
    const manager = await jetstreamManager(connection, { timeout: ANSWER_WITHIN_MS });
    const [filter, taken] = [`${prefix}>`, new Array<T>()];
    const read = new Set<string>();
    for await (const { config, state } of manager.streams.list()) {
      // A cluster that has just come back may name a stream twice.
      if (read.has(config.name) || !config.subjects.some((subject) => subject.startsWith(prefix))) continue;
      read.add(config.name);
      const last = await manager.streams.getMessage(config.name, { last_by_subj: filter });
      if (!last) continue;
      const consumer = await jetstream(connection).consumers.get(config.name, { filter_subjects: filter });
      const batch = Math.ceil(Math.min(BATCH, (BATCH_BYTES * state.messages) / state.bytes));
      await readUpTo(consumer, batch, last.seq, take, taken);
    }
    return taken;
  } finally {
    await connection.close();
  }
}

async function readUpTo<T>(
  consumer: Consumer,
  batch: number,
  lastSeq: number,
  take: Take<T>,
  into: T[],
): Promise<void> {
  const deadline = performance.now() + COMPLETE_WITHIN_MS;
  const userOf = userBySubject();
  let seq = 0;
  while (seq < lastSeq) {
    if (performance.now() > deadline) throw new Error(`a replica is stuck at ${seq} of ${lastSeq}`);
    for await (const message of await consumer.fetch({ max_messages: batch, expires: PAGE_WITHIN_MS })) {
      // A consumer that was lost with its server begins anew, from the first message.
      if (message.seq <= seq) continue;
      const taken = take(userOf(message.subject), message);
      if (taken !== undefined) into.push(taken);
      seq = message.seq;
      if (seq >= lastSeq) break;
    }
  }
  await consumer.delete();
}

/** The inverse of how PROTOCOL.md writes a user id as one token: `=` and two hexadecimal digits are a byte. */
function userBySubject(): (subject: string) => string {
  const known = new Map<string, string>();
  return (subject) => {
    const user =
      known.get(subject) ??
      decodeURIComponent(subject.slice(subject.lastIndexOf('.') + 1).replaceAll('=', '%'));
    known.set(subject, user);
    return user;
  };
}
