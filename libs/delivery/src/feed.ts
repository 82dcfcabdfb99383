import type { LiveEvent, Page } from '@longspan/broker';
import { SEQ_ZERO, unreachable, type GapReason, type Seq } from '@longspan/protocol';
import { contiguous } from './contiguous.ts';
import { entryBytes, type Entry } from './entry.ts';

/**
 * A feed: one edge's live view of one attached user.
 *
 *                       synced                       chain broken, or a sync
 *      ┌─────────┐  (the head is known)  ┌──────┐    found something missing   ┌───────────┐
 *  ──▶ │ joining │ ────────────────────▶ │ live │ ───────────────────────────▶ │ repairing │
 *      └─────────┘                       └──────┘ ◀─────────────────────────── └───────────┘
 *           ▲                               │        read up to what was known       │
 *           └──────────── reset ────────────┴────────────────────────────────────────┘
 *
 * Joining and repairing, it buffers what arrives live; live, it hands each event on as it comes, after checking that
 * the event's predecessor is the one it handed on before. It does not read history for anybody: sessions that are
 * behind it read for themselves.
 */
export type Feed = JoiningFeed | LiveFeed | RepairingFeed;

interface JoiningFeed {
  readonly kind: 'joining';
  readonly buffer: Buffered;
  /** Reads sent so far; the last one's number, so that a late answer to an earlier one is known as such. */
  readonly reads: number;
}

interface LiveFeed {
  readonly kind: 'live';
  /** Everything of the user up to here was handed on; 0 if there is nothing. */
  readonly delivered: Seq;
  readonly confirmed: Confirmed;
  readonly reads: number;
}

interface RepairingFeed {
  readonly kind: 'repairing';
  readonly delivered: Seq;
  readonly confirmed: Confirmed;
  readonly reads: number;
  /** An event of the user is known to have been committed here. */
  readonly until: Seq;
  /** Reads in a row that brought nothing new: a replica was behind. */
  readonly attempt: number;
  readonly buffer: Buffered;
}

/** What a sync round said: as of `barrier` or later, the user's last kept event was `head` (0: none). */
export interface Confirmed {
  /** The round's number: rounds are numbered as their barriers are sent, and may end in another order. */
  readonly round: number;
  readonly barrier: Seq;
  readonly head: Seq;
  /** Nothing above this had been discarded for its age. */
  readonly ageFloor: Seq;
}

/** How far a feed is: `known` counts what it has not handed on yet (`knownOf`), what it buffers while joining, too. */
export interface Standing {
  readonly delivered: Seq;
  readonly known: Seq;
}

/** Appended to in place: a feed's buffer belongs to its one current state. */
interface Buffered {
  readonly events: LiveEvent[];
  bytes: number;
}

export type FeedInput =
  | { readonly type: 'live'; readonly event: LiveEvent }
  /** A sync round ended. `before` is `standingOf(feed)` when its barrier was sent. */
  | { readonly type: 'synced'; readonly confirmed: Confirmed; readonly before: Standing }
  /** The answer to the read of that number. */
  | {
      readonly type: 'page';
      readonly read: number;
      readonly page: Page;
      readonly keepPerUser: number;
    }
  | { readonly type: 'read_failed'; readonly read: number }
  /** The stream was made anew. */
  | { readonly type: 'reset' };

export type FeedEffect =
  | { readonly type: 'deliver'; readonly entries: readonly Entry[] }
  /** Events up to `to` cannot be delivered any more. */
  | { readonly type: 'gap'; readonly to: Seq; readonly reason: GapReason }
  /** The stream lost its tail: sessions at or past `past` hold positions that no longer exist; the head is `to`. */
  | { readonly type: 'rewound'; readonly past: Seq; readonly to: Seq }
  /** Read a page from `from`, after a pause if `attempt` is above 0, and answer with the same number. */
  | { readonly type: 'read'; readonly read: number; readonly from: Seq; readonly attempt: number };

export interface FeedStep {
  readonly feed: Feed;
  readonly effects: readonly FeedEffect[];
}

/** What a feed may buffer. Beyond it the buffer is dropped: the chain check finds the hole, and a read fills it. */
export const FEED_BUFFER_BYTES_MAX = 1024 * 1024;

const NOTHING: readonly FeedEffect[] = [];

export function newFeed(): Feed {
  return { kind: 'joining', buffer: emptyBuffer(), reads: 0 };
}

/** Everything of the user up to here was handed on; 0 while joining. */
export function deliveredOf(feed: Feed): Seq {
  return feed.kind === 'joining' ? SEQ_ZERO : feed.delivered;
}

/**
 * The last event of the user that this edge knows of, handed on already, still to be read or on its way on the live
 * path; 0 while joining. A head past its round's barrier counts: nobody has everything from before the barrier who
 * has not had what lies before that head.
 */
export function knownOf(feed: Feed): Seq {
  switch (feed.kind) {
    case 'joining':
      return SEQ_ZERO;
    case 'live':
      return Math.max(feed.delivered, feed.confirmed.head) as Seq;
    case 'repairing':
      return Math.max(feed.until, feed.confirmed.head) as Seq;
    default:
      return unreachable(feed);
  }
}

/** Taken when a round's barrier is sent, to be handed in with the round's result. */
export function standingOf(feed: Feed): Standing {
  const known = feed.kind === 'joining' ? (feed.buffer.events.at(-1)?.seq ?? SEQ_ZERO) : knownOf(feed);
  return { delivered: deliveredOf(feed), known };
}

export function stepFeed(feed: Feed, input: FeedInput): FeedStep {
  switch (input.type) {
    case 'live':
      return onLive(feed, input.event);
    case 'synced':
      return onSynced(feed, input.confirmed, input.before);
    case 'page':
      return feed.kind === 'repairing' && feed.reads === input.read ? onPage(feed, input) : same(feed);
    case 'read_failed':
      return feed.kind === 'repairing' && feed.reads === input.read ? readAgain(feed) : same(feed);
    case 'reset':
      return same({ kind: 'joining', buffer: emptyBuffer(), reads: feed.reads });
    default:
      return unreachable(input);
  }
}

function onLive(feed: Feed, event: LiveEvent): FeedStep {
  if (feed.kind !== 'live') return keep(feed, event);
  if (event.seq <= feed.delivered) return same(feed);
  if (event.prev > feed.delivered) return repair(feed, event.prev, bufferOf([event]), NOTHING);
  return {
    feed: { ...feed, delivered: event.seq },
    effects: [{ type: 'deliver', entries: [event] }],
  };
}

function onSynced(feed: Feed, confirmed: Confirmed, before: Standing): FeedStep {
  const { barrier, head } = confirmed;
  const { reads } = feed;
  const latest = latestOf(feed, confirmed);
  if (feed.kind === 'joining') {
    // What came live before the barrier was sent is older, unless the stream has lost it: nothing is to be made of it.
    const buffered = before.known >= barrier ? [] : feed.buffer.events;
    return splice({ kind: 'live', delivered: head, confirmed, reads }, buffered, NOTHING);
  }
  if (before.delivered >= barrier) {
    // A barrier is newer than everything delivered before it was sent, unless the stream went back. What was
    // delivered since is what came after that.
    const to = feed.delivered > before.delivered && feed.delivered > head ? feed.delivered : head;
    const rewound: FeedEffect = { type: 'rewound', past: barrier, to };
    return { feed: { kind: 'live', delivered: to, confirmed: latest, reads }, effects: [rewound] };
  }
  if (before.known >= barrier) return onKnownLost(feed, confirmed);
  if (feed.kind === 'repairing') return onSyncedRepair(feed, confirmed);
  // A head past the barrier is on its way on the live path; its predecessor will tell whether it is all.
  return head > feed.delivered && head < barrier
    ? repair({ ...feed, confirmed: latest }, head, emptyBuffer(), NOTHING)
    : same({ ...feed, confirmed: latest });
}

/** A round that another one has overtaken shows what it shows, but what the feed goes by stays the newer one's word. */
function latestOf(feed: Feed, confirmed: Confirmed): Confirmed {
  return feed.kind !== 'joining' && feed.confirmed.round > confirmed.round ? feed.confirmed : confirmed;
}

/** The stream went back behind what was known, not behind what was delivered: what there is now is read. */
function onKnownLost(feed: LiveFeed | RepairingFeed, confirmed: Confirmed): FeedStep {
  const { delivered, reads } = feed;
  const { barrier, head } = confirmed;
  const live: LiveFeed = { kind: 'live', delivered, confirmed: latestOf(feed, confirmed), reads };
  // Newcomers may have been placed at what was known, and sessions that read for themselves may have come that far: they
  // have had what is left of it, which is not read for them again.
  const to = Math.max(delivered, Math.min(head, barrier - 1)) as Seq;
  const rewound: readonly FeedEffect[] = [{ type: 'rewound', past: barrier, to }];
  return head > delivered ? repair(live, head, emptyBuffer(), rewound) : { feed: live, effects: rewound };
}

function onSyncedRepair(feed: RepairingFeed, confirmed: Confirmed): FeedStep {
  const { barrier, head } = confirmed;
  const latest = latestOf(feed, confirmed);
  if (head <= feed.delivered && feed.until < barrier) {
    // What was to be read is gone, and nothing came after it.
    const live: LiveFeed = { kind: 'live', delivered: feed.until, confirmed: latest, reads: feed.reads };
    return splice(live, feed.buffer.events, [{ type: 'gap', to: feed.until, reason: 'expired' }]);
  }
  const until = head > feed.until && head < barrier ? head : feed.until;
  return same({ ...feed, confirmed: latest, until });
}

function onPage(feed: RepairingFeed, input: Extract<FeedInput, { type: 'page' }>): FeedStep {
  const { entries, missing } = contiguous(input.page, feed.delivered, input.keepPerUser);
  const first = entries[0];
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return readAgain(feed);
  const effects: FeedEffect[] = [];
  if (missing) effects.push({ type: 'gap', to: first.prev, reason: 'expired' });
  effects.push({ type: 'deliver', entries });
  if (last.seq < feed.until) return readOn({ ...feed, delivered: last.seq, attempt: 0 }, effects);
  const { confirmed, reads } = feed;
  return splice({ kind: 'live', delivered: last.seq, confirmed, reads }, feed.buffer.events, effects);
}

/** Hands on what was buffered, as far as its chain holds. */
function splice(feed: LiveFeed, buffer: readonly LiveEvent[], effects: readonly FeedEffect[]): FeedStep {
  const entries: Entry[] = [];
  let delivered = feed.delivered;
  for (const [index, event] of buffer.entries()) {
    if (event.seq <= delivered) continue;
    if (event.prev > delivered) {
      const so = [...effects, ...delivery(entries)];
      return repair({ ...feed, delivered }, event.prev, bufferOf(buffer.slice(index)), so);
    }
    entries.push(event);
    delivered = event.seq;
  }
  return { feed: { ...feed, delivered }, effects: [...effects, ...delivery(entries)] };
}

function repair(feed: LiveFeed, until: Seq, buffer: Buffered, effects: readonly FeedEffect[]): FeedStep {
  return readOn({ ...feed, kind: 'repairing', until, attempt: 0, buffer }, effects);
}

function readAgain(feed: RepairingFeed): FeedStep {
  return readOn({ ...feed, attempt: feed.attempt + 1 }, NOTHING);
}

function readOn(feed: RepairingFeed, effects: readonly FeedEffect[]): FeedStep {
  const reads = feed.reads + 1;
  const read: FeedEffect = { type: 'read', read: reads, from: feed.delivered, attempt: feed.attempt };
  return { feed: { ...feed, reads }, effects: [...effects, read] };
}

function keep(feed: JoiningFeed | RepairingFeed, event: LiveEvent): FeedStep {
  const { buffer } = feed;
  const bytes = entryBytes(event);
  if (buffer.bytes + bytes > FEED_BUFFER_BYTES_MAX) return same({ ...feed, buffer: emptyBuffer() });
  buffer.events.push(event);
  buffer.bytes += bytes;
  return same(feed);
}

function same(feed: Feed): FeedStep {
  return { feed, effects: NOTHING };
}

function delivery(entries: readonly Entry[]): readonly FeedEffect[] {
  return entries.length === 0 ? NOTHING : [{ type: 'deliver', entries }];
}

function emptyBuffer(): Buffered {
  return { events: [], bytes: 0 };
}

function bufferOf(events: LiveEvent[]): Buffered {
  return { events, bytes: events.reduce((sum, event) => sum + entryBytes(event), 0) };
}
