import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { Corruption } from './corruption.ts';

const BYTES = Buffer.alloc(100_000, 'a');

/** The bytes after a corruption with this seed, taken in pieces of this size. */
function corrupted(seed: number, rate: number, pieceBytes: number): Buffer {
  const corruption = new Corruption(new Random(seed));
  const pieces: Buffer[] = [];
  for (let at = 0; at < BYTES.length; at += pieceBytes)
    pieces.push(corruption.apply(BYTES.subarray(at, at + pieceBytes), rate));
  return Buffer.concat(pieces);
}

test('which bits change follows from the seed, however the stream is cut', () => {
  // Goal: a failure can be run again. Method: the same stream in pieces of several sizes.
  const whole = corrupted(7, 0.001, BYTES.length);
  for (const pieceBytes of [1, 3, 1_460, 65_536])
    expect(corrupted(7, 0.001, pieceBytes).equals(whole)).toBe(true);
  expect(corrupted(8, 0.001, BYTES.length).equals(whole)).toBe(false);
});

test('as many bytes change as the rate says, each in one bit, and the sender keeps its own', () => {
  // Goal: the rate is a probability per byte. Method: count the changed bytes of 100,000, and their bits.
  const changed = [...corrupted(7, 0.01, 10_000)]
    .map((byte, i) => byte ^ (BYTES[i] ?? 0))
    .filter((bits) => bits !== 0);
  expect(changed.length).toBeGreaterThan(800);
  expect(changed.length).toBeLessThan(1_200);
  expect(changed.every((bits) => (bits & (bits - 1)) === 0)).toBe(true);
  expect(BYTES.every((byte) => byte === 'a'.charCodeAt(0))).toBe(true);
});

test('a rate of 0 changes nothing, also after another rate', () => {
  // Goal: corruption can be switched off at run time. Method: on, then off.
  const corruption = new Corruption(new Random(7));
  corruption.apply(BYTES, 0.01);
  const before = corruption.corrupted;
  expect(before).toBeGreaterThan(0);
  expect(corruption.apply(BYTES, 0)).toBe(BYTES);
  expect(corruption.corrupted).toBe(before);
});
