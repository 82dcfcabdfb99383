import { setTimeout as sleep } from 'node:timers/promises';
import { BrokerError, type EventLog, type LoggedEvent } from '@longspan/broker';
import { parseSeq, SEQ_ZERO, type CloudEvent, type Seq, type UserId } from '@longspan/protocol';

const PAGE = { events: 500, bytes: 1024 * 1024 } as const;
/** How often a read that met a replica that is behind is tried again, and after how long, in milliseconds. */
const FRESH_TRIES = 20;
const FRESH_WAIT_MS = 100;

/**
 * A user's events as a back end reads them, oldest first.
 * `as_kept` may come from a replica that is a little behind; `fresh` has everything that was committed before the
 * call, or rejects with a `BrokerError` (`timeout` without a quorum, `stale` if no replica caught up in time).
 */
export async function* readHistory(
  log: EventLog,
  user: UserId,
  freshness: 'as_kept' | 'fresh',
): AsyncGenerator<LoggedEvent> {
  const until = freshness === 'fresh' ? await freshHead(log, user) : 0;
  let seen: Seq = SEQ_ZERO;
  let stale = 0;
  for (;;) {
    const page = await log.page(user, nextSeq(seen), PAGE);
    yield* page.events;
    seen = page.events.at(-1)?.seq ?? seen;
    if (page.remaining > 0 && page.events.length > 0) continue;
    if (seen >= until) return;
    // Either this replica is behind, or the last event aged out while we read: the head tells.
    if (++stale > FRESH_TRIES) throw new BrokerError('stale', 'no replica has all events of the user');
    await sleep(FRESH_WAIT_MS);
    if (((await log.heads(log.shardOf(user), [user])).lastOf.get(user) ?? 0) <= seen) return;
  }
}

function nextSeq(seq: Seq): Seq {
  return parseSeq(seq + 1) ?? seq;
}

/** The sequence of the last event that was committed before this call, 0 if the user has none. */
async function freshHead(log: EventLog, user: UserId): Promise<number> {
  const shard = log.shardOf(user);
  const barrier = await log.barrier(shard);
  for (let tries = 0; tries < FRESH_TRIES; tries++) {
    const heads = await log.heads(shard, [user]);
    if (heads.upTo >= barrier) return heads.lastOf.get(user) ?? 0;
    await sleep(FRESH_WAIT_MS);
  }
  throw new BrokerError('stale', 'no replica has caught up with the barrier');
}

/** Whether the text occurs in an event at all: cheaper than parsing it. */
export function mentions({ payload }: LoggedEvent, text: string): boolean {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).includes(text);
}

/** Reads a payload as an event; undefined if it is none (the log also takes what others publish). */
export function eventOf(logged: LoggedEvent): CloudEvent | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(logged.payload).toString('utf8'));
    return isEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isEvent(value: unknown): value is CloudEvent {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
