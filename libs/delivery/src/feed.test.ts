import type { LiveEvent, Page } from '@longspan/broker';
import type { Seq } from '@longspan/protocol';
import { expect, test } from 'vitest';
import { ENTRY_OVERHEAD_BYTES } from './entry.ts';
import {
  deliveredOf,
  FEED_BUFFER_BYTES_MAX,
  knownOf,
  newFeed,
  stepFeed,
  type Feed,
  type FeedEffect,
  type FeedInput,
  type FeedStep,
} from './feed.ts';

const NO_PAYLOAD = new Uint8Array();
const confirmed = confirmedAt(9, 7);

/** In each state the feed has had everything up to 10, if anything; in two of them 13 has come too early. */
const feeds: Record<Feed['kind'], () => Feed> = {
  joining: () => joining(event(12, 13)),
  live: () => live(10),
  repairing: () => repairing(10, 12, event(12, 13)),
};

const inputs = {
  next: { type: 'live', event: event(10, 11) },
  repeat: { type: 'live', event: event(7, 10) },
  hole: { type: 'live', event: event(13, 14) },
  synced_level: synced(20, 10),
  synced_behind: synced(20, 12),
  synced_past_barrier: synced(20, 21),
  synced_rewound: synced(8, 6),
  page: pageOf(3, [10, 11, 12]),
  page_partly: pageOf(3, [10, 11]),
  page_stale: pageOf(3, [10]),
  page_with_hole: pageOf(3, [12], 999),
  page_late: pageOf(2, [10, 11, 12]),
  read_failed: { type: 'read_failed', read: 3 },
  read_failed_late: { type: 'read_failed', read: 2 },
  reset: { type: 'reset' },
} satisfies Record<string, FeedInput>;

const waiting = (...more: LiveEvent[]) => stepTo(joining(event(12, 13), ...more));
const buffering = (...more: LiveEvent[]) => stepTo(repairing(10, 12, event(12, 13), ...more));
const spliced = stepTo(live(13), deliver([10, 11], [11, 12]), deliver([12, 13]));
const again = stepTo({ ...repairing(10, 12, event(12, 13)), reads: 4, attempt: 1 }, readFrom(10, 1));
const toJoining = stepTo(joining());

/** Every state's answer to every input. */
const table: Record<Feed['kind'], Record<keyof typeof inputs, FeedStep>> = {
  joining: {
    next: waiting(event(10, 11)),
    repeat: waiting(event(7, 10)),
    hole: waiting(event(13, 14)),
    synced_level: stepTo(
      { ...repairing(10, 12, event(12, 13)), confirmed: confirmedAt(20, 10), reads: 4 },
      readFrom(10, 0),
    ),
    synced_behind: stepTo({ ...live(13), confirmed: confirmedAt(20, 12) }, deliver([12, 13])),
    synced_past_barrier: stepTo({ ...live(21), confirmed: confirmedAt(20, 21) }),
    synced_rewound: stepTo({ ...live(6), confirmed: confirmedAt(8, 6) }),
    page: waiting(),
    page_partly: waiting(),
    page_stale: waiting(),
    page_with_hole: waiting(),
    page_late: waiting(),
    read_failed: waiting(),
    read_failed_late: waiting(),
    reset: toJoining,
  },
  live: {
    next: stepTo(live(11), deliver([10, 11])),
    repeat: stepTo(live(10)),
    hole: stepTo({ ...repairing(10, 13, event(13, 14)), reads: 4 }, readFrom(10, 0)),
    synced_level: stepTo({ ...live(10), confirmed: confirmedAt(20, 10) }),
    synced_behind: stepTo(
      { ...repairing(10, 12), confirmed: confirmedAt(20, 12), reads: 4 },
      readFrom(10, 0),
    ),
    synced_past_barrier: stepTo({ ...live(10), confirmed: confirmedAt(20, 21) }),
    synced_rewound: stepTo({ ...live(6), confirmed: confirmedAt(8, 6) }, rewound(8, 6)),
    page: stepTo(live(10)),
    page_partly: stepTo(live(10)),
    page_stale: stepTo(live(10)),
    page_with_hole: stepTo(live(10)),
    page_late: stepTo(live(10)),
    read_failed: stepTo(live(10)),
    read_failed_late: stepTo(live(10)),
    reset: toJoining,
  },
  repairing: {
    next: buffering(event(10, 11)),
    repeat: buffering(event(7, 10)),
    hole: buffering(event(13, 14)),
    synced_level: stepTo({ ...live(13), confirmed: confirmedAt(20, 10) }, gapTo(12), deliver([12, 13])),
    synced_behind: stepTo({ ...repairing(10, 12, event(12, 13)), confirmed: confirmedAt(20, 12) }),
    synced_past_barrier: stepTo({ ...repairing(10, 12, event(12, 13)), confirmed: confirmedAt(20, 21) }),
    synced_rewound: stepTo({ ...live(6), confirmed: confirmedAt(8, 6) }, rewound(8, 6)),
    page: spliced,
    page_partly: stepTo(
      { ...repairing(11, 12, event(12, 13)), reads: 4 },
      deliver([10, 11]),
      readFrom(11, 0),
    ),
    page_stale: again,
    page_with_hole: stepTo(live(13), gapTo(11), deliver([11, 12]), deliver([12, 13])),
    page_late: buffering(),
    read_failed: again,
    read_failed_late: buffering(),
    reset: toJoining,
  },
};

const cells = Object.entries(table).flatMap(([kind, row]) =>
  Object.entries(row).map(([input, expected]) => ({ kind, input, expected }) as Cell),
);

interface Cell {
  readonly kind: Feed['kind'];
  readonly input: keyof typeof inputs;
  readonly expected: FeedStep;
}

test.each(cells)('a feed that is $kind answers $input as the table says', ({ kind, input, expected }) => {
  expect(stepFeed(feeds[kind](), inputs[input])).toEqual(expected);
});

test('a new feed has had nothing and knows of nothing', () => {
  expect([deliveredOf(newFeed()), knownOf(newFeed())]).toEqual([0, 0]);
});

test('a feed knows of what it is still to read, and of a head past its barrier', () => {
  expect(knownOf(live(10))).toBe(10);
  expect(knownOf(repairing(10, 12))).toBe(12);
  expect(knownOf(stepFeed(live(10), synced(20, 21)).feed)).toBe(21);
  expect(knownOf(stepFeed(repairing(10, 12), synced(20, 21)).feed)).toBe(21);
});

test('a lost tail is found by a round although no later event shows it', () => {
  const { feed, effects } = stepFeed(live(10), synced(20, 12));
  expect(effects).toEqual([readFrom(10, 0)]);
  expect(stepFeed(feed, pageOf(4, [10, 12])).effects).toEqual([deliver([10, 12])]);
});

test('a second hole behind a repaired one is repaired too', () => {
  const torn = repairing(10, 12, event(12, 13), event(15, 16));
  const { feed, effects } = stepFeed(torn, pageOf(3, [10, 12]));
  expect(effects).toEqual([deliver([10, 12]), deliver([12, 13]), readFrom(13, 0)]);
  expect(feed).toMatchObject({ kind: 'repairing', delivered: 13, until: 15 });
});

test('a round moves the end of a repair on, and never back', () => {
  expect(stepFeed(repairing(10, 12), synced(20, 15)).feed).toMatchObject({ until: 15 });
  expect(stepFeed(repairing(10, 12), synced(20, 11)).feed).toMatchObject({ until: 12 });
});

test('what came after a rewind is not delivered again', () => {
  // Goal: G3. The barrier 8 was sent when the feed stood at 10; 11 came, by the new history, before the round ended.
  const { feed } = stepFeed(live(10), { type: 'live', event: event(9, 11) });
  const { feed: after, effects } = stepFeed(feed, synced(8, 9));
  expect(effects).toEqual([rewound(8, 11)]);
  expect(stepFeed(after, { type: 'live', event: event(11, 12) }).effects).toEqual([deliver([11, 12])]);
});

test.each([
  ['nothing is left of it', 10, []],
  ['something else is there now', 12, [readFrom(10, 0)]],
])('a head past its barrier that the stream loses again is told as a rewind: %s', (_, head, then) => {
  // Goal: G2, G3. Sessions are at 21, which the feed only knew of; the stream went back before it came. They have had what
  // is left, which is read for others.
  const { feed } = stepFeed(live(10), synced(20, 21));
  const before = { delivered: deliveredOf(feed), known: knownOf(feed) };
  const step = stepFeed(feed, { type: 'synced', confirmed: confirmedAt(15, head), before });
  expect(step.effects).toEqual([rewound(15, head), ...then]);
  expect(knownOf(step.feed)).toBe(head);
});

test('a round that ends after a newer one does not take its word back', () => {
  // Goal: G9. A newcomer to whom the newer round said that there is 31 would be caught up at 21. In every state a feed goes by
  // the newest round that it heard of, and an older one may still add to what is to be read.
  const newer = { ...confirmedAt(30, 31), round: 2 };
  const before = { delivered: 10 as Seq, known: 12 as Seq };
  const older: FeedInput = { type: 'synced', confirmed: confirmedAt(20, 21), before };
  for (const start of [live(10), repairing(10, 12)]) {
    const { feed } = stepFeed(start, { type: 'synced', confirmed: newer, before });
    expect(knownOf(stepFeed(feed, older).feed)).toBe(31);
  }
  const overtaken = stepFeed({ ...live(10), confirmed: newer }, synced(20, 12));
  expect(overtaken.effects).toEqual([readFrom(10, 0)]);
  expect(knownOf(overtaken.feed)).toBe(31);
});

test('a buffer past its limit is dropped, and the hole is read like any other', () => {
  // Goal: G8. A feed that waits for a read holds no more than its limit, whatever comes live.
  const payload = new Uint8Array(FEED_BUFFER_BYTES_MAX / 4 - ENTRY_OVERHEAD_BYTES);
  let feed: Feed = repairing(10, 12);
  for (let seq = 13; seq <= 16; seq++)
    feed = stepFeed(feed, { type: 'live', event: event(seq - 1, seq, payload) }).feed;
  expect(feed).toMatchObject({ buffer: { bytes: FEED_BUFFER_BYTES_MAX } });
  feed = stepFeed(feed, { type: 'live', event: event(16, 17) }).feed;
  expect(feed).toMatchObject({ buffer: { bytes: 0, events: [] } });
  feed = stepFeed(feed, { type: 'live', event: event(17, 18) }).feed;
  const { effects } = stepFeed(feed, pageOf(3, [10, 12]));
  expect(effects).toEqual([deliver([10, 12]), readFrom(12, 0)]);
});

function joining(...events: LiveEvent[]): Feed {
  return { kind: 'joining', buffer: bufferOf(events), reads: 3 };
}

function live(delivered: number): Extract<Feed, { kind: 'live' }> {
  return { kind: 'live', delivered: delivered as Seq, confirmed, reads: 3 };
}

function repairing(
  delivered: number,
  until: number,
  ...events: LiveEvent[]
): Extract<Feed, { kind: 'repairing' }> {
  const buffer = bufferOf(events);
  const reads = 3;
  return { ...live(delivered), kind: 'repairing', until: until as Seq, attempt: 0, buffer, reads };
}

function bufferOf(events: LiveEvent[]) {
  return { events, bytes: events.length * ENTRY_OVERHEAD_BYTES };
}

function event(prev: number, seq: number, payload = NO_PAYLOAD): LiveEvent {
  return { prev: prev as Seq, seq: seq as Seq, payload, publishedMs: 0 };
}

function confirmedAt(barrier: number, head: number) {
  return { round: 1, barrier: barrier as Seq, head: head as Seq, ageFloor: 0 as Seq };
}

function synced(barrier: number, head: number): FeedInput {
  return {
    type: 'synced',
    confirmed: confirmedAt(barrier, head),
    before: { delivered: 10 as Seq, known: 10 as Seq },
  };
}

function pageOf(read: number, seqs: number[], remaining = 0): FeedInput {
  const page: Page = {
    events: seqs.map((seq) => ({ seq: seq as Seq, payload: NO_PAYLOAD, publishedMs: 0 })),
    remaining,
    ageFloor: 0 as Seq,
  };
  return { type: 'page', read, page, keepPerUser: 1_000 };
}

function stepTo(feed: Feed, ...effects: FeedEffect[]): FeedStep {
  return { feed, effects };
}

function deliver(...pairs: [prev: number, seq: number][]): FeedEffect {
  return { type: 'deliver', entries: pairs.map(([prev, seq]) => event(prev, seq)) };
}

function gapTo(to: number): FeedEffect {
  return { type: 'gap', to: to as Seq, reason: 'expired' };
}

function rewound(past: number, to: number): FeedEffect {
  return { type: 'rewound', past: past as Seq, to: to as Seq };
}

function readFrom(from: number, attempt: number): FeedEffect {
  return { type: 'read', read: 4, from: from as Seq, attempt };
}
