import type { Epoch, Seq } from '@longspan/protocol';
import { expect, test } from 'vitest';
import { ENTRY_OVERHEAD_BYTES } from './entry.ts';
import { knownOf, stepFeed, type Feed } from './feed.ts';
import {
  at,
  caughtUp,
  handedOn,
  replayed,
  entry,
  epoch,
  gap,
  lagging,
  limits,
  live,
  liveOf,
  other,
  pageOf,
  readFrom,
  replaying,
  resetFrom,
  view,
  withProgress,
} from '../test/session-words.ts';
import { newSession, stepSession, type Session, type SessionInput, type Start } from './session.ts';

test('a session from the latest is live at once, where its edge knows the user to be', () => {
  const { effects } = joinedAt('latest', view(12));
  expect(effects).toEqual([welcome(12), caughtUp(12)]);
});

test('a session from the earliest is told no gap before what is kept', () => {
  // Goal: who asks for all that is kept misses nothing of what is not. Later it does.
  const { session } = joinedAt('earliest', view(12));
  const { effects } = feedPage(session, pageOf(1, [11, 12], { remaining: 998 }));
  expect(effects).toEqual([replayed([0, 11], [11, 12]), caughtUp(12)]);
  const { session: later } = feedPage(session, pageOf(1, [11, 12], { remaining: 998, feed: view(15) }));
  expect(feedPage(later, pageOf(2, [15], { remaining: 999, feed: view(15) })).effects).toEqual([
    gap(12, 14),
    replayed([14, 15]),
    caughtUp(15),
  ]);
});

test('a session from the earliest, of a user whose events have all expired, is told no gap', () => {
  const { session } = joinedAt('earliest', view(12));
  const gone = view(12, { confirmed: { barrier: 20 as Seq, head: 0 as Seq } });
  const { effects } = feedPage(session, pageOf(1, [], { feed: gone }));
  expect(effects).toEqual([caughtUp(0)]);
});

test('a session with a position of another stream is told a gap, and gets all of this one', () => {
  const before = { epoch: 'before' as Epoch, seq: 300 as Seq };
  const told = [
    { type: 'welcome', position: before },
    { type: 'gap', from: before, to: at(0), reason: 'reset' },
  ];
  expect(joinedAt(before, view(12)).effects).toEqual([
    ...told,
    { type: 'read', read: 1, from: 0, attempt: 0 },
  ]);
  expect(joinedAt(before, view(0)).effects).toEqual([...told, caughtUp(0)]);
});

test('a session whose stream is made anew reads nothing before a round has told how far age has come', () => {
  // Goal: G2. The new stream may be so old that some of it has aged away; without the floor that would not be seen.
  const { session, effects } = stepSession(live(10), { type: 'reset', epoch: other }, limits);
  expect(effects).toEqual([resetFrom(10)]);
  const feed = view(6, { epoch: other });
  const joined = stepSession(session, { type: 'synced', feed }, limits);
  expect(joined.effects).toEqual([readFrom(0)]);
  const page = pageOf(4, [5, 6], { feed, ageFloor: 4 });
  const to = { epoch: other, seq: 4 as Seq };
  expect(feedPage(joined.session, page).effects).toEqual([
    { type: 'gap', from: { epoch: other, seq: 0 }, to, reason: 'expired' },
    replayed([4, 5], [5, 6]),
  ]);
});

test('without a quorum, a session whose stream was made anew reads what is there, and is not welcomed again', () => {
  const { session } = stepSession(live(10), { type: 'reset', epoch: other }, limits);
  const { effects } = stepSession(session, { type: 'unsynced', epoch: other, head: 3 as Seq }, limits);
  expect(effects).toEqual([{ type: 'not_caught_up' }, readFrom(0)]);
});

test('a session with a position past the end of the stream is told that it was rewound, once', () => {
  const confirmed = { barrier: 20 as Seq, head: 12 as Seq };
  const { session, effects } = joinedAt(at(20), view(12, { confirmed }));
  expect(effects).toEqual([welcome(20), gap(20, 12, 'rewound'), caughtUp(12)]);
  const again: SessionInput = { type: 'rewound', past: 20 as Seq, to: 12 as Seq, feed: view(12) };
  expect(stepSession(session, again, limits).effects).toEqual([]);
});

test('a session past the end is rewound although new events lie past its position already', () => {
  const confirmed = { barrier: 20 as Seq, head: 22 as Seq };
  const { effects } = joinedAt(at(20), view(22, { confirmed }));
  expect(effects).toEqual([welcome(20), gap(20, 22, 'rewound'), caughtUp(22)]);
});

test('a session whose user has nothing left is told a gap, up to the barrier', () => {
  // Goal: G2. What the session has not had may all have aged away.
  const aged = view(0, { confirmed: { ageFloor: 5 as Seq } });
  const { effects } = joinedAt(at(3), aged);
  expect(effects).toEqual([welcome(3), gap(3, 20), caughtUp(20)]);
  expect(joinedAt(at(5), aged).effects).toEqual([welcome(5), caughtUp(5)]);
});

test('a session at the barrier itself is told no gap, however far age has come since', () => {
  // Goal: G2. What came after the barrier is for its feed to find; a gap that ends where it begins says nothing.
  const feed = view(0, { confirmed: { barrier: 10 as Seq, ageFloor: 15 as Seq } });
  const { session, effects } = feedPage(replaying(10), pageOf(3, [], { feed }));
  expect(effects).toEqual([]);
  expect(session).toMatchObject({ kind: 'live', at: 10 });
});

test('a session is told a gap for what its feed has had and the log keeps no longer', () => {
  const gone = { confirmed: { barrier: 20 as Seq, head: 0 as Seq } };
  const notYet = { confirmed: { barrier: 11 as Seq, head: 0 as Seq } };
  const read = (parts: object) => feedPage(replaying(10), pageOf(3, [], { feed: view(12, parts) })).effects;
  expect(read(gone)).toEqual([gap(10, 12)]);
  expect(read(notYet)).toEqual([{ type: 'read', read: 4, from: 10, attempt: 1 }]);
});

test('a session has not caught up before it has what its edge knows to lie before the barrier', () => {
  // Goal: the feed is live at 10, 11 was lost, and the head is 21, past the barrier 20: `caught_up` has to wait.
  const confirmed = { round: 1, barrier: 20 as Seq, head: 21 as Seq, ageFloor: 0 as Seq };
  const feed: Feed = {
    kind: 'live',
    delivered: 10 as Seq,
    confirmed: { ...confirmed, head: 7 as Seq },
    reads: 0,
  };
  const synced = stepFeed(feed, {
    type: 'synced',
    confirmed,
    before: { delivered: 10 as Seq, known: 10 as Seq },
  }).feed;
  const known = view(knownOf(synced), { confirmed });
  const { session, effects } = joinedAt(at(10), known);
  expect(effects).toEqual([welcome(10), { type: 'read', read: 1, from: 10, attempt: 0 }]);
  expect(feedPage(session, pageOf(1, [10, 11, 21], { feed: known })).effects).toEqual([
    replayed([10, 11], [11, 21]),
    caughtUp(21),
  ]);
});

test('a session that joins its feed’s tail goes live although the page ends before the head', () => {
  const tail = [entry(12, 13)];
  const near = view(13, { tailAfter: (seq) => (seq === 12 ? tail : undefined) });
  const { session, effects } = feedPage(replaying(10), pageOf(3, [10, 12], { feed: near }));
  expect(session).toEqual(live(13));
  expect(effects).toEqual([replayed([10, 12], [12, 13])]);
});

test('a session below the age floor joins its feed’s tail only at the very event that it has read', () => {
  // Goal: G2. A leader whose age has gone further names an earlier predecessor than the replica that was read kept.
  const tail = [entry(0, 15)];
  const aging = { remaining: 2, ageFloor: 13, feed: view(15, { tailAfter: () => tail }) };
  const { session, effects } = feedPage(replaying(10), pageOf(3, [10, 12], aging));
  expect(session.kind).toBe('replaying');
  expect(effects).toEqual([replayed([10, 12]), readFrom(12)]);

  const exact = { ageFloor: 13, feed: view(15, { tailAfter: () => [entry(12, 15)] }) };
  expect(feedPage(replaying(10), pageOf(3, [10, 12], exact)).session.kind).toBe('live');
});

test('a session that reads what has aged away elsewhere is told that more may be gone', () => {
  // Goal: G2. By the round nothing of the user is kept; the replica that was read kept some of it a little longer.
  const aged = { remaining: 2, feed: view(0, { confirmed: { ageFloor: 15 as Seq } }) };
  const { session, effects } = feedPage(replaying(10), pageOf(3, [10, 12], aged));
  expect(session.kind).toBe('live');
  expect(effects).toEqual([replayed([10, 12]), gap(12, 20)]);
});

test('a session that reads without a round is told so once, and caught up by the round that comes', () => {
  let { session, effects } = stepSession(newSession('earliest'), unsynced(12), limits);
  expect(effects.map(({ type }) => type)).toEqual(['welcome', 'not_caught_up', 'read']);
  ({ session, effects } = stepSession(session, unsynced(12), limits));
  expect(effects).toEqual([]);
  ({ session, effects } = feedPage(session, pageOf(1, [12], { feed: view(0) })));
  expect(effects.map(({ type }) => type)).toEqual(['entries', 'read']);
  ({ effects } = stepSession(session, { type: 'synced', feed: view(12) }, limits));
  expect(effects).toEqual([caughtUp(12)]);
});

test('a session without a round that comes with another stream’s position waits for one', () => {
  const start = { epoch: 'before' as Epoch, seq: 3 as Seq };
  const { session, effects } = stepSession(newSession(start), unsynced(12), limits);
  expect(effects).toEqual([{ type: 'not_caught_up' }]);
  expect(stepSession(session, unsynced(12), limits).effects).toEqual([]);
  expect(session.kind).toBe('joining');
});

test('a position that a session claimed without a round is judged by the first one', () => {
  const confirmed = { barrier: 20 as Seq, head: 12 as Seq };
  const synced: SessionInput = { type: 'synced', feed: view(12, { confirmed }) };
  const claims = { synced: false, warned: true, claimed: 20 as Seq };
  const told = (session: Session) =>
    stepSession(session, synced, limits).effects.filter(({ type }) => type === 'gap');
  expect(told(withProgress(replaying(20), claims))).toEqual([gap(20, 12, 'rewound')]);
  expect(told(withProgress(lagging(20), claims))).toEqual([gap(20, 12, 'rewound')]);
  // It has read on from there: the position has come to exist.
  expect(told(withProgress(replaying(22), claims))).toEqual([]);
});

test('a session that its feed has rewound is not rewound again by the round', () => {
  const claims = { synced: false, warned: true, claimed: 20 as Seq };
  const rewound: SessionInput = { type: 'rewound', past: 15 as Seq, to: 12 as Seq, feed: view(12) };
  const { session } = stepSession(withProgress(replaying(20), claims), rewound, limits);
  const confirmed = { barrier: 15 as Seq, head: 12 as Seq };
  const { effects } = stepSession(session, { type: 'synced', feed: view(12, { confirmed }) }, limits);
  expect(effects).toEqual([]);
});

test('a session rewound to where nothing is kept any more is sent to the barrier', () => {
  // Goal: what has aged away is no gap to whoever comes back with the position.
  const rewound = (ageFloor: number): SessionInput => ({
    type: 'rewound',
    past: 8 as Seq,
    to: 0 as Seq,
    feed: view(0, { confirmed: { barrier: 30 as Seq, ageFloor: ageFloor as Seq } }),
  });
  const told = (ageFloor: number) => stepSession(live(10), rewound(ageFloor), limits).effects;
  expect(told(9)).toEqual([gap(10, 30, 'rewound')]);
  expect(told(0)).toEqual([gap(10, 0, 'rewound')]);
});

test('a session whose socket is slow takes nothing until it has drained, and then reads what it missed', () => {
  // Goal: G8. Method: fill the outbox, let events pass, drain, and read.
  const full = { ...liveOf([10, 11], [11, 12], [12, 13]), waitingBytes: 0 };
  let { session, effects } = stepSession(live(10), full, limits);
  expect(effects).toEqual([handedOn([10, 11], [11, 12])]);
  ({ session, effects } = stepSession(session, liveOf([13, 14]), limits));
  expect(effects).toEqual([]);
  ({ session, effects } = stepSession(session, { type: 'drained' }, limits));
  expect(effects).toEqual([{ type: 'read', read: 4, from: 12, attempt: 0 }]);
  ({ session, effects } = feedPage(session, pageOf(4, [12, 13, 14], { feed: view(14) })));
  expect(effects).toEqual([replayed([12, 13], [13, 14])]);
  expect(session.kind).toBe('live');
});

test('a gap found while the outbox is full is told, and what lies behind it waits', () => {
  const waitingBytes = 2 * ENTRY_OVERHEAD_BYTES;
  const { session, effects } = feedPage(replaying(10), pageOf(3, [12], { remaining: 999, waitingBytes }));
  expect(effects).toEqual([gap(10, 11)]);
  expect(session).toMatchObject({ kind: 'lagging', at: 11 });
});

test('caught_up is told once, however often a session falls behind', () => {
  let { session } = joinedAt(at(10), view(10));
  const told: string[] = [];
  const inputs: SessionInput[] = [
    liveOf([11, 12]),
    pageOf(1, [11, 12]),
    { ...liveOf([12, 13]), waitingBytes: 2 * ENTRY_OVERHEAD_BYTES },
    { type: 'drained' },
    pageOf(2, [13], { feed: view(13) }),
  ];
  for (const input of inputs) {
    const step = stepSession(session, input, limits);
    session = step.session;
    told.push(...step.effects.map(({ type }) => type));
  }
  expect(session).toMatchObject({ kind: 'live', at: 13 });
  expect(told).toEqual(['read', 'entries', 'read', 'entries']);
});

function joinedAt(start: Start, feed = view(12)) {
  return stepSession(newSession(start), { type: 'synced', feed }, limits);
}

function feedPage(session: Session, page: SessionInput) {
  return stepSession(session, page, limits);
}

function unsynced(head: number): SessionInput {
  return { type: 'unsynced', epoch, head: head as Seq };
}

function welcome(seq: number) {
  return { type: 'welcome', position: at(seq) };
}
