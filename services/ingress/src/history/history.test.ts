import type { ShardId } from '@longspan/broker';
import { contiguous } from '@longspan/delivery';
import {
  formatPosition,
  parsePosition,
  type Epoch,
  type Position,
  type Seq,
  type UserId,
} from '@longspan/protocol';
import { expect, test } from 'vitest';
import { historyOf, startOf, stretchWithoutReading, type History, type Moment } from './history.ts';

const ADA = 'ada' as UserId;
const NOTHING = new Uint8Array();

interface Log {
  /** The sequences of the user's events that are kept. */
  readonly kept: readonly number[];
  readonly upTo: number;
  readonly ageFloor?: number;
  readonly keepPerUser?: number;
  readonly fresh?: boolean;
}

/** What a reader at `after` is answered by a log that is as described. */
function answer(after: string, log: Log, limit = 10) {
  const { kept, upTo, ageFloor = 0, keepPerUser = 100, fresh = true } = log;
  const last = kept.at(-1);
  const moment: Moment = {
    state: { shard: 0 as ShardId, epoch: 'now' as Epoch, keepPerUser },
    heads: {
      upTo: upTo as Seq,
      ageFloor: ageFloor as Seq,
      lastOf: new Map(last === undefined ? [] : [[ADA, last as Seq]]),
    },
    fresh,
  };
  const start = startOf(after === 'earliest' ? after : (parsePosition(after) as Position), ADA, moment);
  const read = () => {
    const all = kept
      .filter((seq) => seq >= start.seq)
      .map((seq) => ({ seq: seq as Seq, payload: NOTHING, publishedMs: 0 }));
    const remaining = Math.max(0, all.length - limit - 1);
    const page = { events: all.slice(0, limit + 1), remaining, ageFloor: ageFloor as Seq };
    const { entries, missing } = contiguous(page, start.seq, keepPerUser);
    return { entries: entries.slice(0, limit), missing, more: page.remaining > 0 || entries.length > limit };
  };
  return shown(historyOf(start, moment, stretchWithoutReading(start, ADA, moment) ?? read()));
}

function shown({ entries, next, more, gap }: History) {
  return {
    seqs: entries.map(({ seq }) => Number(seq)),
    next: formatPosition(next),
    more,
    gap: gap && `${formatPosition(gap.from)}..${formatPosition(gap.to)} ${gap.reason}`,
  };
}

test.each<[string, string, Log, ReturnType<typeof answer>]>([
  [
    'earliest gives all that is kept and no gap, whatever is gone',
    'earliest',
    { kept: [50, 60], upTo: 70, ageFloor: 40, keepPerUser: 2 },
    { seqs: [50, 60], next: 'now-60', more: false, gap: undefined },
  ],
  [
    'a position at an event gives what follows it',
    'now-50',
    { kept: [50, 60, 65], upTo: 70 },
    { seqs: [60, 65], next: 'now-65', more: false, gap: undefined },
  ],
  [
    'a position between events gives what follows it',
    'now-55',
    { kept: [50, 60], upTo: 70 },
    { seqs: [60], next: 'now-60', more: false, gap: undefined },
  ],
  [
    'a reader with everything is moved on to the moment of the answer',
    'now-60',
    { kept: [50, 60], upTo: 70, ageFloor: 65 },
    { seqs: [], next: 'now-70', more: false, gap: undefined },
  ],
  [
    'a user without events has a position all the same',
    'earliest',
    { kept: [], upTo: 70 },
    { seqs: [], next: 'now-70', more: false, gap: undefined },
  ],
  [
    'events gone for their number are a gap',
    'now-10',
    { kept: [50, 60], upTo: 70, keepPerUser: 2 },
    { seqs: [50, 60], next: 'now-60', more: false, gap: 'now-10..now-49 expired' },
  ],
  [
    'events gone for their age are a gap',
    'now-10',
    { kept: [50, 60], upTo: 70, ageFloor: 20 },
    { seqs: [50, 60], next: 'now-60', more: false, gap: 'now-10..now-49 expired' },
  ],
  [
    'all events gone is a gap up to the moment of the answer',
    'now-10',
    { kept: [], upTo: 70, ageFloor: 20 },
    { seqs: [], next: 'now-70', more: false, gap: 'now-10..now-70 expired' },
  ],
  [
    'a position above the age floor misses nothing although no event is kept',
    'now-30',
    { kept: [], upTo: 70, ageFloor: 20 },
    { seqs: [], next: 'now-70', more: false, gap: undefined },
  ],
  [
    'a position of another epoch is a reset',
    'old-999',
    { kept: [5, 6], upTo: 7 },
    { seqs: [5, 6], next: 'now-6', more: false, gap: 'old-999..now-4 reset' },
  ],
  [
    'a reset without events ends at the moment of the answer',
    'old-999',
    { kept: [], upTo: 7 },
    { seqs: [], next: 'now-7', more: false, gap: 'old-999..now-7 reset' },
  ],
  [
    'a position past the end is rewound to the last event',
    'now-99',
    { kept: [50, 60], upTo: 70 },
    { seqs: [], next: 'now-70', more: false, gap: 'now-99..now-70 rewound' },
  ],
  [
    'a position past what an old replica holds is no rewind',
    'now-99',
    { kept: [50, 60], upTo: 70, fresh: false },
    { seqs: [], next: 'now-99', more: false, gap: undefined },
  ],
])('%s', (_, after, log, expected) => {
  // Goal: G2 for readers of the history: every event or a gap that says which are gone, and no false alarm.
  // Method: a described log, one read.
  expect(answer(after, log)).toEqual(expected);
});

test('reading page after page gives every event once, in order', () => {
  // Goal: `next` and `more` suffice to read everything. Method: read seven events by two.
  const log = { kept: [3, 5, 8, 9, 12, 20, 21], upTo: 30 };
  const seen: number[] = [];
  let page = answer('earliest', log, 2);
  seen.push(...page.seqs);
  while (page.more) {
    page = answer(page.next, log, 2);
    expect(page.gap).toBeUndefined();
    seen.push(...page.seqs);
  }
  expect(seen).toEqual(log.kept);
});
