import { doubts, perCpuSecond, rate } from './figures.ts';
import type { Attempt, Measure, Measured } from './measure.ts';
import type { StageOptions } from './stage.ts';

/** Enough to keep every part busy, and fewer than any of the systems keeps. */
export const WINDOW = 4_000;

/** How many events a second come through, from the publish to the last callback. */
export const throughput: Measure = {
  name: 'throughput',
  title: 'End-to-end throughput, 200 users',
  when: 'quick',
  systems: [
    'longspan-r1',
    'longspan-r3',
    'longspan-r1-unsampled',
    'socket-io',
    'socket-io-by-hand',
    'sse-redis',
    'nats-websocket',
    'raw-ws',
    'raw-jetstream-r1',
    'raw-jetstream-r3',
  ],
  run: (attempt) => saturated(attempt, {}),
};

/** Saturates a stage and tells what came through. */
export async function saturated(
  attempt: Attempt,
  options: Partial<StageOptions>,
  window = WINDOW,
): Promise<Measured> {
  await using stage = await attempt.stage(options);
  await stage.connect();
  const timing = {
    warmMs: attempt.scaled({ quick: 2_000, full: 5_000 }),
    lengthMs: attempt.scaled({ quick: 3_000, full: 10_000 }),
  };
  const { report, usage } = await stage.saturate(window, timing);
  const { lost, repeats } = await stage.collect();
  const { eventsPerSecond } = report;
  return {
    figures: [
      rate('rate', eventsPerSecond, 'events/s'),
      ...perCpuSecond((eventsPerSecond * timing.lengthMs) / 1_000, usage),
    ],
    usages: usage.processes,
    lost,
    repeats,
    notes: doubts(report, usage),
  };
}
