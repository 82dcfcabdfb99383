import type { Brand } from './brand.ts';

/** A JetStream sequence: a whole number, 0 meaning "before the first". */
export type Seq = Brand<number, 'Seq'>;

/** Names one incarnation of a stream, so that a recreated stream is not taken for the old one. */
export type Epoch = Brand<string, 'Epoch'>;

/**
 * A place in a user's stream: whoever holds it has had everything of that user up to and including `seq`.
 * Applications treat its text, `<epoch>-<seq>`, as opaque (PROTOCOL.md, Positions).
 */
export interface Position {
  readonly epoch: Epoch;
  readonly seq: Seq;
}

/** The sequence before the first. */
export const SEQ_ZERO = 0 as Seq;

const EPOCH_PATTERN = /^[0-9a-z]{1,24}$/;
const POSITION_PATTERN = /^([0-9a-z]{1,24})-(0|[1-9][0-9]{0,15})$/;

/** Reads a sequence; undefined unless it is a whole number from 0 to 2^53 - 1. */
export function parseSeq(value: number): Seq | undefined {
  return Number.isSafeInteger(value) && value >= 0 ? (value as Seq) : undefined;
}

/** Reads an epoch; undefined unless it is 1 to 24 characters of [0-9a-z]. */
export function parseEpoch(text: string): Epoch | undefined {
  return EPOCH_PATTERN.test(text) ? (text as Epoch) : undefined;
}

/**
 * The epoch of a stream: its creation time in nanoseconds, in base 36. JetStream keeps the creation time over
 * restarts and leader changes, and a stream that is deleted and made again gets a new one.
 * @param created RFC 3339 time with up to nine fractional digits, as in JetStream's stream information.
 */
export function epochOfCreation(created: string): Epoch {
  const match = /^(.*?)(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:[0-9]{2})$/.exec(created);
  const millis = match ? Date.parse(`${match[1]}${match[3]}`) : Number.NaN;
  if (!match || Number.isNaN(millis)) throw new TypeError(`not an RFC 3339 time: ${created}`);
  const nanos = BigInt(millis) * 1_000_000n + BigInt((match[2] ?? '').padEnd(9, '0'));
  return nanos.toString(36) as Epoch;
}

/** Reads `<epoch>-<seq>`; undefined if it is anything else. */
export function parsePosition(text: string): Position | undefined {
  const match = POSITION_PATTERN.exec(text);
  const seq = match ? parseSeq(Number(match[2])) : undefined;
  return match && seq !== undefined ? { epoch: match[1] as Epoch, seq } : undefined;
}

/** Writes `<epoch>-<seq>`. */
export function formatPosition(position: Position): string {
  return `${position.epoch}-${position.seq}`;
}
