import type { Seq } from '@longspan/protocol';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ENTRY_OVERHEAD_BYTES, entryBytes, type Entry } from './entry.ts';
import { offer } from './outbox.ts';

const limits = { bytesMax: 1_000, bytesLow: 250 };
const three = [entry(1, 100), entry(2, 100), entry(3, 100)];
const each = 100 + ENTRY_OVERHEAD_BYTES;

test('an outbox with room takes everything, without copying it', () => {
  const { taken, verdict } = offer(three, 0 as Seq, 0, limits);
  expect(taken).toBe(three);
  expect(verdict).toBe('taken');
});

test('an outbox takes what fits exactly, and not a byte more', () => {
  expect(offer(three, 0 as Seq, 1_000 - 2 * each, limits)).toEqual({
    taken: three.slice(0, 2),
    verdict: 'full',
  });
  expect(offer(three, 0 as Seq, 1_000 - 2 * each + 1, limits).taken).toEqual(three.slice(0, 1));
  expect(offer(three, 0 as Seq, 1_000 - 3 * each, limits).verdict).toBe('taken');
});

test('an empty outbox takes one entry of any size, so that it cannot stop a session for ever', () => {
  const large = [entry(1, 5_000), entry(2, 1)];
  expect(offer(large, 0 as Seq, 0, limits)).toEqual({ taken: large.slice(0, 1), verdict: 'full' });
  expect(offer(large, 0 as Seq, 1, limits)).toEqual({ taken: [], verdict: 'full' });
});

test('what the session has had is passed over, and costs nothing', () => {
  expect(offer(three, 2 as Seq, 1_000 - each, limits)).toEqual({ taken: three.slice(2), verdict: 'taken' });
  expect(offer(three, 3 as Seq, 5_000, limits)).toEqual({ taken: [], verdict: 'taken' });
  expect(offer([], 0 as Seq, 5_000, limits)).toEqual({ taken: [], verdict: 'taken' });
});

test('an outbox takes a beginning of what is new, as long as its limit allows and no longer', () => {
  const sizes = fc.array(fc.nat({ max: 600 }), { maxLength: 8 });
  fc.assert(
    fc.property(sizes, fc.nat({ max: 9 }), fc.nat({ max: 1_200 }), (bytes, after, waiting) => {
      const entries = bytes.map((size, index) => entry(index + 1, size));
      const due = entries.filter(({ seq }) => seq > after);
      const { taken, verdict } = offer(entries, after as Seq, waiting, limits);
      expect(taken).toEqual(due.slice(0, taken.length));
      expect(verdict).toBe(taken.length === due.length ? 'taken' : 'full');
      const held = taken.reduce((sum, one) => sum + entryBytes(one), waiting);
      expect(held <= limits.bytesMax || taken.length === 0 || (waiting === 0 && taken.length === 1)).toBe(
        true,
      );
      const next = due[taken.length];
      expect(next === undefined || (held > 0 && held + entryBytes(next) > limits.bytesMax)).toBe(true);
    }),
  );
});

function entry(seq: number, bytes: number): Entry {
  return { prev: (seq - 1) as Seq, seq: seq as Seq, payload: new Uint8Array(bytes), publishedMs: 0 };
}
