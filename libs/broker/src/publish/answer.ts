import type { Seq } from '@longspan/protocol';
import type { BrokerErrorCode } from '../errors.ts';

/** What the log says to one message that asked for a reply. */
export type Answer =
  | { readonly kind: 'committed'; readonly seq: Seq }
  /** Committed before, at `seq`. */
  | { readonly kind: 'duplicate'; readonly seq: Seq }
  /** The atomic batch holds an id that was committed before; nothing of it was stored. */
  | { readonly kind: 'holds_duplicates' }
  /** Some of the batch did not arrive, or was refused without our having asked; nothing of it was stored. */
  | { readonly kind: 'incomplete' }
  /** One message of a batch has arrived; only the commit counts. */
  | { readonly kind: 'staged' }
  /** The probe's id is not in the log. */
  | { readonly kind: 'absent' }
  /** Trying again may help. Nothing was stored now, or, if it `mayBeStored`, that is not certain. */
  | { readonly kind: 'busy'; readonly why: string; readonly mayBeStored?: true }
  /** Nothing was stored and never will be. */
  | { readonly kind: 'refused'; readonly code: BrokerErrorCode; readonly why: string };

/** JetStream's error codes that mean something to a publisher (nats-server, server/errors.json). */
const TOO_BIG = 10054;
const WRONG_STREAM = 10060;
const INVALID_ROLLUP = 10111;
const ATOMIC_DISABLED = 10174;
const BATCH_INCOMPLETE = 10176;
const HOLDS_DUPLICATES = 10201;
const STILL_IN_FLIGHT = 10158;

/** Reads a reply to a publish. `status` is the header status of a reply without a body, such as 503 (no responders). */
export function readAnswer(body: string, status: number | undefined): Answer {
  if (status !== undefined) return { kind: 'busy', why: `status ${status}` };
  if (body === '') return { kind: 'staged' };
  const ack = parse(body);
  if (ack === undefined) return { kind: 'busy', why: 'the reply is not an acknowledgement' };
  if (ack.error === undefined)
    return { kind: ack.duplicate ? 'duplicate' : 'committed', seq: ack.seq as Seq };
  const { code, err_code: errCode, description } = ack.error;
  const why = `${description} (${errCode})`;
  switch (errCode) {
    case HOLDS_DUPLICATES:
      return { kind: 'holds_duplicates' };
    case BATCH_INCOMPLETE:
      return { kind: 'incomplete' };
    case INVALID_ROLLUP:
      return { kind: 'absent' };
    case TOO_BIG:
      return { kind: 'refused', code: 'too_big', why };
    case WRONG_STREAM:
    case ATOMIC_DISABLED:
      return { kind: 'refused', code: 'misconfigured', why };
    // An earlier attempt is still on its way through Raft.
    case STILL_IN_FLIGHT:
      return { kind: 'busy', why };
    default:
      return code >= 400 && code < 500 && code !== 408 && code !== 429
        ? { kind: 'refused', code: 'refused', why }
        : { kind: 'busy', why, ...(code >= 500 ? { mayBeStored: true } : {}) };
  }
}

interface PubAck {
  readonly seq: number;
  readonly duplicate?: boolean;
  readonly error?: { readonly code: number; readonly err_code: number; readonly description: string };
}

function parse(body: string): PubAck | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isPubAck(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isPubAck(value: unknown): value is PubAck {
  if (typeof value !== 'object' || value === null) return false;
  const { seq, error } = value as { seq?: unknown; error?: unknown };
  if (error === undefined) return Number.isSafeInteger(seq) && (seq as number) > 0;
  return typeof error === 'object' && error !== null && 'code' in error && 'err_code' in error;
}
