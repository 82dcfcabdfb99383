import { LatencyRecorder } from '@longspan/testkit';
import { expect, test } from 'vitest';
import { Arrivals } from './arrivals.ts';
import { runOpenLoop } from './open-loop.ts';

/** A clock that moves only while the loop pauses, or when it is told to. */
class ManualPace {
  ms = 50_000;

  now(): number {
    return this.ms;
  }

  async pause(ms: number): Promise<void> {
    this.ms += ms;
  }
}

function due(rate: number, seed: number, untilMs: number): number[] {
  const arrivals = new Arrivals(rate, seed);
  const all: number[] = [];
  while (arrivals.nextMs < untilMs) all.push(arrivals.take());
  return all;
}

test('every arrival is sent once, with the moment at which it was due', async () => {
  // Goal: the loop offers exactly the schedule. Method: a second at 2,000/s under a clock of our own.
  const pace = new ManualPace();
  const sent: number[] = [];
  await runOpenLoop(
    {
      arrivals: new Arrivals(2_000, 1),
      startMs: 50_000,
      endMs: 51_000,
      send: (dueMs) => sent.push(Math.round((dueMs - 50_000) * 1_000)),
    },
    pace,
  );
  expect(sent).toEqual(due(2_000, 1, 1_000).map((ms) => Math.round(ms * 1_000)));
});

test('a generator that is held up hides nothing: what came due meanwhile is measured from when it was due', async () => {
  // Goal: no coordinated omission. Method: a system that answers at once, but for one send that takes half a second of the
  // generator's own time; a tenth of the events of five seconds were due within it, and the percentiles must say so.
  const pace = new ManualPace();
  const corrected = new LatencyRecorder();
  const uncorrected = new LatencyRecorder();
  let held = false;
  await runOpenLoop(
    {
      arrivals: new Arrivals(1_000, 2),
      startMs: 50_000,
      endMs: 55_000,
      send: (dueMs) => {
        const sentMs = pace.now();
        if (!held && dueMs > 51_000) {
          held = true;
          pace.ms += 500;
        }
        corrected.record(pace.now() - dueMs);
        uncorrected.record(pace.now() - sentMs);
      },
    },
    pace,
  );
  expect(uncorrected.percentileMs(99.9)).toBeLessThan(10);
  expect(corrected.percentileMs(99)).toBeGreaterThan(400);
  expect(corrected.percentileMs(95)).toBeGreaterThan(200);
  expect(corrected.percentileMs(50)).toBeLessThan(10);
});

test('an aborted loop ends', async () => {
  // Goal: a measurement can be given up. Method: abort at the tenth arrival.
  const stop = new AbortController();
  let sent = 0;
  const send = () => {
    sent += 1;
    if (sent === 10) stop.abort();
  };
  await runOpenLoop(
    { arrivals: new Arrivals(100, 2), startMs: 50_000, endMs: 60_000, send, signal: stop.signal },
    new ManualPace(),
  );
  expect(sent).toBe(10);
});
