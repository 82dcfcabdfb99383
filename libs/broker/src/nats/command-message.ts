import type { Msg } from '@nats-io/transport-node';
import type { UserId } from '@longspan/protocol';
import type { Command, NewCommand } from '../port/commands.ts';
import { commandSubject } from '../subjects.ts';
import { userOfToken } from '../user-token.ts';
import { serverHeaders } from './server-headers.ts';

/** A command's body in the log. The user is not in it: the subject alone says whose it is (G4). */
type Body = Omit<Command, 'user' | 'traceparent'>;

export const COMMAND_CONTENT_TYPE = 'application/json';

const encoder = new TextEncoder();
const USER_TOKEN_AT = commandSubject('' as UserId).length;

export function encodeCommand({ id, type, data, threadid, time }: NewCommand): Uint8Array {
  const body: Body = {
    id,
    type,
    time,
    ...(data === undefined ? {} : { data }),
    ...(threadid === undefined ? {} : { threadid }),
  };
  return encoder.encode(JSON.stringify(body));
}

/** Reads a command as the log holds it; undefined if it was not written by `encodeCommand`. */
export function decodeCommand(message: Msg): Command | undefined {
  const user = userOfToken(message.subject.slice(USER_TOKEN_AT));
  const body = parse(message.string());
  if (user === undefined || !isBody(body)) return undefined;
  const traceparent = serverHeaders(message)?.last('traceparent');
  return { ...body, user, ...(traceparent ? { traceparent } : {}) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isBody(value: unknown): value is Body {
  if (typeof value !== 'object' || value === null) return false;
  const { id, type, time, threadid } = value as Record<string, unknown>;
  return (
    typeof id === 'string' &&
    typeof type === 'string' &&
    typeof time === 'string' &&
    (threadid === undefined || typeof threadid === 'string')
  );
}
