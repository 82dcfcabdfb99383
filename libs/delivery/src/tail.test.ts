import type { Seq } from '@longspan/protocol';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ENTRY_OVERHEAD_BYTES, type Entry } from './entry.ts';
import { Tail, TAIL_BYTES_MAX } from './tail.ts';

const seqsAfter = (tail: Tail, seq: number) => tail.after(seq as Seq)?.map((entry) => entry.seq);

test('a tail gives what came after a position, and nothing to a reader that it does not reach back to', () => {
  const tail = new Tail();
  expect(tail.after(0 as Seq)).toBeUndefined();
  tail.push([entry(3, 5), entry(5, 9)]);
  expect(seqsAfter(tail, 2)).toBeUndefined();
  expect(seqsAfter(tail, 3)).toEqual([5, 9]);
  expect(seqsAfter(tail, 5)).toEqual([9]);
  expect(seqsAfter(tail, 12)).toEqual([]);
  tail.clear();
  expect(tail.after(9 as Seq)).toBeUndefined();
});

test('a tail forgets what lies before a hole', () => {
  // Goal: after a gap, or a time in which nobody needed a tail, no reader is led over the hole without a word.
  const tail = new Tail();
  tail.push([entry(3, 5)]);
  tail.push([entry(8, 9)]);
  expect(seqsAfter(tail, 3)).toBeUndefined();
  expect(seqsAfter(tail, 8)).toEqual([9]);
});

test('a tail forgets what was rewound', () => {
  const tail = new Tail();
  tail.push([entry(3, 5), entry(5, 9)]);
  tail.push([entry(4, 6)]);
  expect(seqsAfter(tail, 3)).toBeUndefined();
  expect(seqsAfter(tail, 4)).toEqual([6]);
});

test('a tail keeps the newest entries, within its limit', () => {
  const half = TAIL_BYTES_MAX / 2 - ENTRY_OVERHEAD_BYTES;
  const tail = new Tail();
  tail.push([entry(0, 1, half), entry(1, 2, half)]);
  expect(seqsAfter(tail, 0)).toEqual([1, 2]);
  tail.push([entry(2, 3, half)]);
  expect(tail.after(0 as Seq)).toBeUndefined();
  expect(seqsAfter(tail, 1)).toEqual([2, 3]);
  tail.push([entry(3, 4, TAIL_BYTES_MAX)]);
  expect(tail.after(3 as Seq)).toBeUndefined();
});

test('whatever is pushed, what a tail gives follows its reader and itself without a hole', () => {
  const pushed = fc.array(fc.record({ skip: fc.nat({ max: 2 }), step: fc.integer({ min: -3, max: 4 }) }));
  fc.assert(
    fc.property(pushed, fc.nat({ max: 40 }), (steps, after) => {
      const tail = new Tail();
      let last = 0;
      for (const { skip, step } of steps) {
        const prev = Math.max(0, last + step);
        last = prev + 1 + skip;
        tail.push([entry(prev, last)]);
      }
      let at = after;
      for (const { seq, prev } of tail.after(after as Seq) ?? []) {
        expect(prev).toBeLessThanOrEqual(at);
        expect(seq).toBeGreaterThan(at);
        at = seq;
      }
    }),
  );
});

function entry(prev: number, seq: number, bytes = 0): Entry {
  return { prev: prev as Seq, seq: seq as Seq, payload: new Uint8Array(bytes), publishedMs: 0 };
}
