import { assert, nat, property, stringMatching } from 'fast-check';
import { expect, test } from 'vitest';
import { epochOfCreation, formatPosition, parsePosition, type Epoch, type Seq } from './position.ts';

test('a position survives being written and read', () => {
  // Goal: no client loses its place to the text form. Method: random epochs and sequences, there and back.
  const epoch = stringMatching(/^[0-9a-z]{1,24}$/);
  const seq = nat({ max: Number.MAX_SAFE_INTEGER });
  assert(
    property(epoch, seq, (e, s) => {
      const position = { epoch: e as Epoch, seq: s as Seq };
      expect(parsePosition(formatPosition(position))).toEqual(position);
    }),
  );
});

test.each([
  '',
  '-',
  '1',
  'a-',
  '-1',
  'a-b',
  'a-01',
  'a--1',
  'a-1.5',
  'a-1e3',
  'A-1',
  'a-9007199254740993',
  ' a-1',
  'a-1\n',
])('%j is no position', (text) => {
  // Goal: what is not ours is not guessed at. Method: near misses.
  expect(parsePosition(text)).toBeUndefined();
});

test('an epoch is the creation time to the nanosecond', () => {
  // Goal: a stream made anew at once has another epoch. Method: times one nanosecond apart, and other zones.
  const first = epochOfCreation('2026-11-22T08:29:02.000000001Z');
  expect(epochOfCreation('2026-11-22T08:29:02.000000002Z')).not.toBe(first);
  expect(epochOfCreation('2026-11-22T09:29:02.000000001+01:00')).toBe(first);
  expect(epochOfCreation('2026-11-22T08:29:02Z')).toBe(epochOfCreation('2026-11-22T08:29:02.000Z'));
  expect(() => epochOfCreation('yesterday')).toThrow(TypeError);
});
