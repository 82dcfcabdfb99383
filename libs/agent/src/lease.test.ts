import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { elapsedClock } from './elapsed-clock.ts';
import { Lease } from './lease.ts';

test('a lease is held for the ack-wait after the last signal that the log heard of, and no longer', () => {
  // Goal: the holder never believes longer than the log does.
  // Method: a clock that is moved by hand.
  let now = 0;
  const lease = new Lease(100, () => now);
  now = 60;
  lease.renew(50);
  now = 149;
  expect([lease.held, lease.remainingMs]).toEqual([true, 1]);
  now = 150;
  expect([lease.held, lease.remainingMs]).toEqual([false, 0]);
});

test('a lease that has run out is not renewed by a late confirmation', () => {
  // Goal: after the ack-wait somebody else may hold the command, whatever comes back late.
  // Method: renew after the end, with a time from before it.
  let now = 0;
  const lease = new Lease(100, () => now);
  now = 101;
  lease.renew(99);
  expect(lease.held).toBe(false);
});

test('an elapsed clock runs with the faster of its clocks and never backwards', () => {
  // Goal: neither a suspended machine nor a clock set back can hide that time has passed.
  // Method: random walks of both clocks.
  const walk = fc.array(
    fc.record({ monotonic: fc.nat(10_000), wall: fc.integer({ min: -10_000, max: 10_000 }) }),
  );
  fc.assert(
    fc.property(walk, (steps) => {
      let [monotonic, wall] = [0, 0];
      const clock = elapsedClock(
        () => monotonic,
        () => wall,
      );
      for (const step of steps) {
        const before = clock();
        monotonic += step.monotonic;
        wall += step.wall;
        expect(clock() - before).toBe(Math.max(step.monotonic, step.wall));
      }
    }),
  );
});
