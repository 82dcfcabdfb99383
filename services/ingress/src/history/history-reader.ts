import { setTimeout as sleep } from 'node:timers/promises';
import { BrokerError, type EventLog, type Heads, type Page, type ShardId } from '@longspan/broker';
import { contiguous } from '@longspan/delivery';
import { SEQ_ZERO, type Position, type Seq, type UserId } from '@longspan/protocol';
import {
  historyOf,
  startOf,
  stretchWithoutReading,
  type History,
  type Moment,
  type Start,
  type Stretch,
} from './history.ts';

/** About the most bytes of events in one answer, so that it costs a bounded amount of memory. */
export const PAGE_BYTES_MAX = 4 * 1024 * 1024;
/** A replica that is behind is asked again this often, this many milliseconds apart. */
const STALE_TRIES = 20;
const STALE_WAIT_MS = 50;

/**
 * Reads at most `limit` of a user's events after a position, or from the earliest kept. A barrier goes first, so that
 * everything acknowledged before the call is in the answer. Without a quorum no barrier passes; then the answer is
 * what a replica has, and says so (`fresh`). Rejects with a `BrokerError` if nothing answers.
 */
export async function readHistory(
  log: EventLog,
  user: UserId,
  after: Position | 'earliest',
  limit: number,
): Promise<History> {
  const moment = await lookAt(log, user, after);
  const start = startOf(after, user, moment);
  const stretch =
    stretchWithoutReading(start, user, moment) ?? (await readStretch(log, user, start, moment, limit));
  return historyOf(start, moment, stretch);
}

async function lookAt(log: EventLog, user: UserId, after: Position | 'earliest'): Promise<Moment> {
  const shard = log.shardOf(user);
  const barrier = await passBarrier(log, shard);
  // A foreign epoch is either an old position or a stream that was made anew behind our back.
  if (after !== 'earliest' && after.epoch !== log.stateOf(shard).epoch) await log.refresh(shard);
  const heads = await headsAsOf(log, shard, user, barrier ?? SEQ_ZERO);
  const fresh = barrier !== undefined && heads.upTo >= barrier;
  return { state: log.stateOf(shard), heads, fresh };
}

async function passBarrier(log: EventLog, shard: ShardId): Promise<Seq | undefined> {
  try {
    return await log.barrier(shard);
  } catch (error) {
    if (error instanceof BrokerError && error.retryable) return undefined;
    throw error;
  }
}

async function headsAsOf(log: EventLog, shard: ShardId, user: UserId, atLeast: Seq): Promise<Heads> {
  for (let tries = 1; ; tries++) {
    const heads = await log.heads(shard, [user]);
    if (heads.upTo >= atLeast || tries === STALE_TRIES) return heads;
    await sleep(STALE_WAIT_MS);
  }
}

/** Reads from a replica that has at least what the moment's had. */
async function readStretch(
  log: EventLog,
  user: UserId,
  start: Start,
  { state, heads }: Moment,
  limit: number,
): Promise<Stretch> {
  const last = heads.lastOf.get(user) ?? SEQ_ZERO;
  for (let tries = 1; tries <= STALE_TRIES; tries++) {
    // One more than asked for: the event at the start itself proves that nothing after it is gone.
    const page = await log.page(user, start.seq, { events: limit + 1, bytes: PAGE_BYTES_MAX });
    const { entries, missing } = contiguous(page, start.seq, state.keepPerUser);
    const shown = entries.slice(0, limit);
    const more = page.remaining > 0 || entries.length > shown.length;
    if (shown.length > 0 && (more || reaches(page, last))) return { entries: shown, missing, more };
    await sleep(STALE_WAIT_MS);
  }
  throw new BrokerError('stale', 'no replica is up to date');
}

function reaches(page: Page, last: Seq): boolean {
  return (page.events.at(-1)?.seq ?? SEQ_ZERO) >= last;
}
