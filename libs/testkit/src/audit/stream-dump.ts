import { connect, type NatsConnection } from '@nats-io/transport-node';
import { jetstreamManager, type JsMsg } from '@nats-io/jetstream';
import { eventually } from '../eventually.ts';
import { storedMessages } from '../nats/stored-messages.ts';
import type { CommandEffect, Committed } from './logs.ts';
import type { RunEvent } from './run-life.ts';

const ANSWER_WITHIN_MS = 5_000;
const READ_WITHIN_MS = 180_000;

/**
 * Reads all events of the streams as they lie in NATS (`storedMessages`), in order of shard, then sequence. A cluster
 * that cannot answer yet, after a fault, is asked again. A million events take some ten seconds.
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
    const taken: T[] = [];
    const userOf = userBySubject();
    for (const stream of await streamsOf(connection, prefix)) {
      for await (const message of storedMessages(connection, stream, `${prefix}>`)) {
        const item = take(userOf(message.subject), message);
        if (item !== undefined) taken.push(item);
      }
    }
    return taken;
  } finally {
    await connection.close();
  }
}

/** A cluster that has just come back may name a stream twice. */
async function streamsOf(nc: NatsConnection, prefix: string): Promise<ReadonlySet<string>> {
  const { streams } = await jetstreamManager(nc, { timeout: ANSWER_WITHIN_MS });
  const names = new Set<string>();
  for await (const { config } of streams.list()) {
    if (config.subjects.some((subject) => subject.startsWith(prefix))) names.add(config.name);
  }
  return names;
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
