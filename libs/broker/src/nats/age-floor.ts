import type { JetStreamClient, StreamInfo } from '@nats-io/jetstream';
import { SEQ_ZERO, type Seq } from '@longspan/protocol';
import { BrokerError } from '../errors.ts';
import type { ShardId } from '../shard.ts';
import { ageMarkSubject } from '../subjects.ts';
import { insist } from './insist.ts';
import type { DirectGet } from './direct-get.ts';

/**
 * How far age has eaten into a shard.
 *
 * A reader at position p must learn whether an event after p was discarded for its age. The stream's first sequence
 * does not tell: it moves as well when a busy user's oldest events make room for new ones. So edges write a small
 * mark into each shard every few minutes, on a subject of its own; marks disappear by age only. While some mark at or
 * below p is kept, nothing above p has aged away. Not the oldest mark is taken but one that was written a whole interval
 * later, because replicas discard at slightly different moments, and because what was read is used for a while. The very first mark is special: it is written when the stream is made, and while it is
 * there, nothing has aged away at all.
 */
const FIRST = 'first';
/** Marks to look at: several edges may have written one each in an interval. */
const MARKS_READ = 32;
const MARKS_PER_RETENTION = 480;
const MARK_INTERVAL_MIN_MS = 1_000;
/** A stream of this age, by its server's clock, counts as just made. */
const NEW_STREAM_MS = 10_000;
/** Within the time in which the stream is new. */
const WRITE_WITHIN_MS = 5_000;

/** How often a mark is due in a stream that keeps its messages for `retentionMs`. */
export function ageMarkIntervalMs(retentionMs: number): number {
  return Math.max(MARK_INTERVAL_MIN_MS, Math.floor(retentionMs / MARKS_PER_RETENTION));
}

/** Writes the first mark of a shard that was just made; does nothing for an older one. Rejects with `timeout`. */
export async function writeFirstAgeMark(
  js: JetStreamClient,
  shard: ShardId,
  info: StreamInfo,
): Promise<void> {
  const ageMs = Date.parse(info.ts ?? '') - Date.parse(info.created);
  if (!(ageMs <= NEW_STREAM_MS)) return;
  const subject = ageMarkSubject(shard);
  try {
    // The interest in a stream that was just made spreads through a cluster, and other services write this mark, too.
    await insist(WRITE_WITHIN_MS, () => js.publish(subject, FIRST, { msgID: `${subject} ${FIRST}` }));
  } catch (cause) {
    throw new BrokerError('timeout', `could not write the first mark of shard ${shard}`, { cause });
  }
}

/** Writes the mark that is due at `nowMs`; edges that do so at the same time write one. */
export async function writeAgeMark(
  js: JetStreamClient,
  shard: ShardId,
  nowMs: number,
  intervalMs: number,
): Promise<void> {
  const subject = ageMarkSubject(shard);
  // Its time, since intervals change when a stream's retention does.
  const dueMs = String(Math.floor(nowMs / intervalMs) * intervalMs);
  await js.publish(subject, dueMs, { msgID: `${subject} ${dueMs}` });
}

/** The sequence above which nothing has been discarded for its age, nor will be for an interval. */
export async function readAgeFloor(
  get: DirectGet,
  stream: string,
  shard: ShardId,
  intervalMs: number,
): Promise<Seq> {
  const request = { seq: 1, next_by_subj: ageMarkSubject(shard), batch: MARKS_READ };
  const { messages } = await get.batch(stream, request);
  const marks = messages.map(({ seq, data }) => ({ seq, due: Buffer.from(data).toString() }));
  const [oldest] = marks;
  if (oldest === undefined) return Number.MAX_SAFE_INTEGER as Seq;
  if (oldest.due === FIRST) return SEQ_ZERO;
  // A mark is written somewhere within its interval: from two on, a whole one lies between.
  const later = marks.find(({ due }) => Number(due) >= Number(oldest.due) + 2 * intervalMs);
  return (later ?? marks.at(-1) ?? oldest).seq;
}
