import type { Page } from '@longspan/broker';
import {
  SEQ_ZERO,
  unreachable,
  type Epoch,
  type GapReason,
  type Position,
  type Seq,
} from '@longspan/protocol';
import { contiguous } from './contiguous.ts';
import type { DeliveryWay, Entry } from './entry.ts';
import { isRewound, latestOf, type FeedView } from './feed-view.ts';
import { offer, type OutboxLimits } from './outbox.ts';

/**
 * A session: what one authenticated connection has been sent, and how it comes to the live end of its user's stream.
 *
 *                  synced, behind           reached the feed            outbox full
 *   ┌─────────┐                 ┌───────────┐              ┌──────┐                   ┌─────────┐
 *   │ joining │ ──────────────▶ │ replaying │ ───────────▶ │ live │ ────────────────▶ │ lagging │
 *   └─────────┘                 └───────────┘              └──────┘                   └─────────┘
 *        │                        ▲  │    ▲                  ▲ │                        ▲  │
 *        │                        │  │    └──────────────────┼─┘ does not follow         │  │
 *        │                        │  └───────────────────────┼──── outbox full ──────────┘  │
 *        └── synced, nothing missed ────────────────────────┘   drained                     │
 *                                 └─────────────────────────────────────────────────────────┘
 *
 * Where the stream is made anew, every session joins again: nothing is read before a round has told how far age has come.
 * Replaying, it reads its user's events from the stream, page by page; live, it takes what its feed hands on. A
 * session whose socket is slow turns lagging: it takes nothing, costs what its outbox holds, and when the socket has
 * drained goes on reading from where it was (G8). It never passes a hole: whatever does not follow its position sends
 * it back to reading (G2).
 */
export type Session = JoiningSession | ReplayingSession | LiveSession | LaggingSession;

/** Where a client asked to begin. */
export type Start = 'latest' | 'earliest' | Position;

interface JoiningSession {
  readonly kind: 'joining';
  readonly start: Start;
  /** Whether the client has been told that the log has no quorum. */
  readonly warned: boolean;
  /** What a session that was welcomed already, to a stream made anew since, brings along. */
  readonly before?: Pick<Placed, 'caughtUp' | 'reads'>;
}

interface Placed {
  /** Everything of the user up to here has been sent. */
  readonly at: Seq;
  readonly epoch: Epoch;
  /** Whether `caught_up` has been sent; it is sent once. */
  readonly caughtUp: boolean;
  /** Reads sent so far; the last one's number, so that a late answer to an earlier one is known as such. */
  readonly reads: number;
}

interface ReplayingSession extends Placed {
  readonly kind: 'replaying';
  readonly progress: Progress;
  /** Reads in a row that brought nothing new although there must be something: a replica was behind. */
  readonly attempt: number;
}

interface LiveSession extends Placed {
  readonly kind: 'live';
}

interface LaggingSession extends Placed {
  readonly kind: 'lagging';
  readonly progress: Progress;
}

/** How far a session has come that is not live yet. */
interface Progress {
  /** Whether a round has confirmed the feed since this session came. Without one it reads, but is not caught up. */
  readonly synced: boolean;
  readonly warned: boolean;
  /** The position that the client came with, until a round has judged it: a barrier sent later must be past it. */
  readonly claimed: Seq;
  /** The client asked for all that is kept and has had nothing yet: what is not kept is not missing. */
  readonly fromEarliest: boolean;
}

const SETTLED: Progress = { synced: true, warned: false, claimed: SEQ_ZERO, fromEarliest: false };

export type SessionInput =
  /** A round whose barrier was sent after this session came has ended. */
  | { readonly type: 'synced'; readonly feed: FeedView }
  /** No round ended in time. `head` is the user's last event as some replica has it. */
  | { readonly type: 'unsynced'; readonly epoch: Epoch; readonly head: Seq }
  /** The answer to the read of that number. */
  | {
      readonly type: 'page';
      readonly read: number;
      readonly page: Page;
      readonly feed: FeedView;
      readonly waitingBytes: number;
    }
  | { readonly type: 'read_failed'; readonly read: number }
  /** The feed handed these on. */
  | { readonly type: 'live'; readonly entries: readonly Entry[]; readonly waitingBytes: number }
  /** The socket has sent what it had. */
  | { readonly type: 'drained' }
  /** The feed found that events up to `to` are gone, some or all of which the session may have had. */
  | { readonly type: 'gap'; readonly to: Seq }
  /** The stream lost its tail from `past` on; its head is `to`. */
  | { readonly type: 'rewound'; readonly past: Seq; readonly to: Seq; readonly feed: FeedView }
  /** The stream was made anew. */
  | { readonly type: 'reset'; readonly epoch: Epoch };

export type SessionEffect =
  | { readonly type: 'welcome'; readonly position: Position }
  | { readonly type: 'entries'; readonly entries: readonly Entry[]; readonly how: DeliveryWay }
  | { readonly type: 'gap'; readonly from: Position; readonly to: Position; readonly reason: GapReason }
  | { readonly type: 'caught_up'; readonly position: Position }
  | { readonly type: 'not_caught_up' }
  /** Read a page from `from`, after a pause if `attempt` is above 0, and answer with the same number. */
  | { readonly type: 'read'; readonly read: number; readonly from: Seq; readonly attempt: number };

export interface SessionStep {
  readonly session: Session;
  readonly effects: readonly SessionEffect[];
}

type Effects = readonly SessionEffect[];
const NOTHING: Effects = [];

export function newSession(start: Start): Session {
  return { kind: 'joining', start, warned: false };
}

export function stepSession(session: Session, input: SessionInput, limits: OutboxLimits): SessionStep {
  switch (input.type) {
    case 'synced':
      return onSynced(session, input.feed);
    case 'unsynced':
      return onUnsynced(session, input.epoch, input.head);
    case 'page':
      return session.kind === 'replaying' && session.reads === input.read
        ? onPage(session, input, limits)
        : same(session);
    case 'read_failed':
      return session.kind === 'replaying' && session.reads === input.read
        ? readAgain(session)
        : same(session);
    case 'live':
      return session.kind === 'live'
        ? onLive(session, input.entries, input.waitingBytes, limits)
        : same(session);
    case 'drained':
      return session.kind === 'lagging' ? replay(session, session.progress, NOTHING) : same(session);
    case 'gap':
      // The feed's gap may begin before where this session is: it sees for itself what is missing after that.
      return session.kind === 'live' && input.to > session.at
        ? replay(session, SETTLED, NOTHING)
        : same(session);
    case 'rewound':
      return session.kind !== 'joining' && session.at >= input.past
        ? rewound(session, input.to === SEQ_ZERO ? latestOf(input.feed) : input.to)
        : same(session);
    case 'reset':
      return onReset(session, input.epoch);
    default:
      return unreachable(input);
  }
}

function onSynced(session: Session, feed: FeedView): SessionStep {
  switch (session.kind) {
    case 'joining':
      return place(session, feed);
    case 'live':
      return same(session);
    case 'replaying':
    case 'lagging':
      return session.progress.synced ? same(session) : onFirstSynced(session, feed);
    default:
      return unreachable(session);
  }
}

/** The first round of a session that has been reading without one. */
function onFirstSynced(session: ReplayingSession | LaggingSession, feed: FeedView): SessionStep {
  const progress: Progress = { ...session.progress, synced: true };
  const synced = { ...session, progress };
  // One that has read on from there is past it: its position has come to exist since.
  if (synced.at === progress.claimed && isRewound(progress.claimed, feed)) {
    return rewound(synced, latestOf(feed));
  }
  const here = synced.epoch === feed.epoch && synced.at >= feed.known;
  return here && synced.kind === 'replaying' ? settle(synced, progress, feed, NOTHING) : same(synced);
}

/** Decides where a session begins, with a feed that is known to be up to date. */
function place(session: JoiningSession, feed: FeedView): SessionStep {
  const { start } = session;
  const { epoch } = feed;
  const wanted =
    typeof start === 'object' ? start : { epoch, seq: start === 'latest' ? latestOf(feed) : SEQ_ZERO };
  const welcomed = welcome(session, wanted);
  const placed = placedAt(session, { epoch, seq: wanted.seq });
  if (start === 'latest') return goLive(placed, welcomed);
  if (wanted.epoch !== epoch) {
    const to: Position = { epoch, seq: SEQ_ZERO };
    const effects: Effects = [...welcomed, { type: 'gap', from: wanted, to, reason: 'reset' }];
    const anew = placedAt(session, to);
    return feed.known === SEQ_ZERO ? settle(anew, SETTLED, feed, effects) : replay(anew, SETTLED, effects);
  }
  if (isRewound(wanted.seq, feed)) {
    const to = latestOf(feed);
    return goLive({ ...placed, at: to }, [...welcomed, gap(placed, to, 'rewound')]);
  }
  const progress: Progress = { ...SETTLED, fromEarliest: start === 'earliest' };
  return placed.at >= feed.known
    ? settle(placed, progress, feed, welcomed)
    : replay(placed, progress, welcomed);
}

function welcome({ before }: JoiningSession, position: Position): Effects {
  return before === undefined ? [{ type: 'welcome', position }] : NOTHING;
}

function placedAt({ before }: JoiningSession, { epoch, seq }: Position): Placed {
  return { at: seq, epoch, caughtUp: before?.caughtUp ?? false, reads: before?.reads ?? 0 };
}

/**
 * Ends a replay that has everything the feed knows of. If nothing of the user is kept, events after the position may have
 * aged away, all of them, even if the replica that was read still had some. What came after the barrier is the feed's to find.
 */
function settle(placed: Placed, progress: Progress, feed: FeedView, effects: Effects): SessionStep {
  const { barrier, ageFloor } = feed.confirmed;
  const mayHaveAged = placed.at < ageFloor && placed.at < barrier;
  const aged = feed.known === SEQ_ZERO && mayHaveAged && !progress.fromEarliest;
  return aged
    ? goLive({ ...placed, at: barrier }, [...effects, gap(placed, barrier, 'expired')])
    : goLive(placed, effects);
}

/** Without a quorum: read what the replicas have, and say that it may not be all. */
function onUnsynced(session: Session, epoch: Epoch, head: Seq): SessionStep {
  if (session.kind === 'live') return same(session);
  if (session.kind !== 'joining') {
    const { progress } = session;
    const effects = progress.warned || progress.synced ? NOTHING : warning;
    return { session: { ...session, progress: { ...progress, warned: true } }, effects };
  }
  const { start } = session;
  const effects = session.warned ? NOTHING : warning;
  // A position of another incarnation is judged when the log is back; nothing can be read with it now.
  if (typeof start === 'object' && start.epoch !== epoch) {
    return { session: { ...session, warned: true }, effects };
  }
  const at = start === 'latest' ? head : start === 'earliest' ? SEQ_ZERO : start.seq;
  const progress: Progress = {
    synced: false,
    warned: true,
    claimed: typeof start === 'object' ? start.seq : SEQ_ZERO,
    fromEarliest: start === 'earliest',
  };
  const position: Position = { epoch, seq: at };
  return replay(placedAt(session, position), progress, [...welcome(session, position), ...effects]);
}

const warning: Effects = [{ type: 'not_caught_up' }];

function onPage(
  session: ReplayingSession,
  input: Extract<SessionInput, { type: 'page' }>,
  limits: OutboxLimits,
): SessionStep {
  const { feed, page } = input;
  const { progress } = session;
  if (feed.epoch !== session.epoch) return readAgain(session);
  const stretch = contiguous(page, session.at, feed.keepPerUser);
  const first = stretch.entries[0];
  if (first === undefined) return onNothingNew(session, feed);

  const effects: SessionEffect[] = [];
  let at = session.at;
  let entries = stretch.entries;
  if (stretch.missing && progress.fromEarliest) {
    entries = [{ ...first, prev: at }, ...entries.slice(1)];
  } else if (stretch.missing) {
    effects.push(gap(session, first.prev, 'expired'));
    at = first.prev;
  }
  const { taken, verdict } = offer(joinTail(entries, page.ageFloor, feed), at, input.waitingBytes, limits);
  if (taken.length > 0) effects.push({ type: 'entries', entries: taken, how: 'replayed' });
  const last = taken.at(-1);
  const placed: Placed = { ...session, at: last?.seq ?? at };
  const now: Progress = { ...progress, fromEarliest: progress.fromEarliest && last === undefined };
  if (verdict === 'full') return lag(placed, now, effects);
  if (placed.at >= feed.known && now.synced) return settle(placed, now, feed, effects);
  return replay(placed, now, effects);
}

function onNothingNew(session: ReplayingSession, feed: FeedView): SessionStep {
  const { progress, at } = session;
  if (!progress.synced) return readAgain(session);
  if (at >= feed.known) return settle(session, progress, feed, NOTHING);
  // What the feed once handed on is not kept any more, by the word of a round that ended since.
  const gone = feed.confirmed.head <= at && feed.confirmed.barrier > feed.known;
  if (!gone) return readAgain(session);
  if (progress.fromEarliest) return goLive(session, NOTHING);
  return goLive({ ...session, at: feed.known }, [gap(session, feed.known, 'expired')]);
}

/**
 * Where the feed's newest entries follow the page's without a hole, they are taken along. A `prev` names what the leader
 * still kept: below the age floor there may have been more, unless it is the very event that the page ends with.
 */
function joinTail(entries: readonly Entry[], ageFloor: Seq, feed: FeedView): readonly Entry[] {
  const last = entries.at(-1);
  const tail = last === undefined ? undefined : feed.tailAfter(last.seq);
  const next = tail?.[0];
  if (last === undefined || tail === undefined || next === undefined) return entries;
  return next.prev === last.seq || last.seq >= ageFloor ? [...entries, ...tail] : entries;
}

function onLive(
  session: LiveSession,
  entries: readonly Entry[],
  waitingBytes: number,
  limits: OutboxLimits,
): SessionStep {
  const next = entries.find((entry) => entry.seq > session.at);
  if (next === undefined) return same(session);
  if (next.prev > session.at) return replay(session, SETTLED, NOTHING);
  const { taken, verdict } = offer(entries, session.at, waitingBytes, limits);
  const placed: LiveSession = { ...session, at: taken.at(-1)?.seq ?? session.at };
  const effects: Effects = taken.length === 0 ? NOTHING : [{ type: 'entries', entries: taken, how: 'live' }];
  return verdict === 'full' ? lag(placed, SETTLED, effects) : { session: placed, effects };
}

function onReset(session: Session, epoch: Epoch): SessionStep {
  if (session.kind === 'joining' || session.epoch === epoch) return same(session);
  const { at, caughtUp, reads } = session;
  const from: Position = { epoch: session.epoch, seq: at };
  const to: Position = { epoch, seq: SEQ_ZERO };
  return {
    session: { kind: 'joining', start: to, warned: false, before: { caughtUp, reads } },
    effects: [{ type: 'gap', from, to, reason: 'reset' }],
  };
}

/** Tells that the stream lost its tail and goes on from its head, in the same state. */
function rewound(session: Exclude<Session, JoiningSession>, to: Seq): SessionStep {
  const effects: Effects = [gap(session, to, 'rewound')];
  if (session.kind === 'live') return { session: { ...session, at: to }, effects };
  const placed: Placed = { ...session, at: to };
  const progress: Progress = { ...session.progress, claimed: SEQ_ZERO };
  return session.kind === 'lagging' ? lag(placed, progress, effects) : replay(placed, progress, effects);
}

function goLive({ at, epoch, caughtUp, reads }: Placed, effects: Effects): SessionStep {
  return {
    session: { kind: 'live', at, epoch, caughtUp: true, reads },
    effects: caughtUp ? effects : [...effects, { type: 'caught_up', position: { epoch, seq: at } }],
  };
}

function replay({ at, epoch, caughtUp, reads }: Placed, progress: Progress, effects: Effects): SessionStep {
  return read({ kind: 'replaying', at, epoch, caughtUp, reads, progress, attempt: 0 }, effects);
}

function readAgain(session: ReplayingSession): SessionStep {
  return read({ ...session, attempt: session.attempt + 1 }, NOTHING);
}

function read(session: ReplayingSession, effects: Effects): SessionStep {
  const reads = session.reads + 1;
  const effect: SessionEffect = { type: 'read', read: reads, from: session.at, attempt: session.attempt };
  return { session: { ...session, reads }, effects: [...effects, effect] };
}

function lag({ at, epoch, caughtUp, reads }: Placed, progress: Progress, effects: Effects): SessionStep {
  return { session: { kind: 'lagging', at, epoch, caughtUp, reads, progress }, effects };
}

function gap({ epoch, at }: Placed, to: Seq, reason: GapReason): SessionEffect {
  return { type: 'gap', from: { epoch, seq: at }, to: { epoch, seq: to }, reason };
}

function same(session: Session): SessionStep {
  return { session, effects: NOTHING };
}
