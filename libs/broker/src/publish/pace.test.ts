import { expect, test } from 'vitest';
import { batchIsFaster, batchTried, measured, PACE_AT_START, type Pace } from './pace.ts';

function pace(singleMs: number, batchMs: number): Pace {
  let pace = batchTried(PACE_AT_START, 0);
  for (let i = 0; i < 100; i++) pace = measured(measured(pace, 1, singleMs), 10, batchMs);
  return pace;
}

test('on one server a few calls go one by one and many as a batch; on three servers two do already', () => {
  // Goal: whichever is faster is done.
  // Method: the times measured on one server (0.15 ms, 2.3 ms) and on three (0.52 ms, 0.6 ms).
  expect(batchIsFaster(pace(0.15, 2.3), 5, 0)).toBe(false);
  expect(batchIsFaster(pace(0.15, 2.3), 30, 0)).toBe(true);
  expect(batchIsFaster(pace(0.52, 0.6), 2, 0)).toBe(true);
});

test('batches that once were slow are tried again, by one at a time', () => {
  // Goal: neither is a bad moment remembered for ever, nor do all lanes try at once.
  // Method: a slow batch; time passes; one tries; nothing is known of it yet.
  const slow = pace(0.5, 500);
  expect(batchIsFaster(slow, 50, 0)).toBe(false);
  expect(batchIsFaster(slow, 50, 60_000)).toBe(true);
  expect(batchIsFaster(batchTried(slow, 60_000), 50, 60_000)).toBe(false);
});

test('one message is never a batch', () => {
  // Goal: a lone event has the lowest latency.
  // Method: even where batches seem to cost nothing.
  expect(batchIsFaster({ singleMs: 0.01, batchMs: 0, batchTriedAtMs: 0 }, 1, 0)).toBe(false);
});
