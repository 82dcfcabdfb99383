import { expect, test } from 'vitest';
import { LatencyRecorder } from './evidence/latency-recorder.ts';
import { moment } from './moment.ts';
import { Stopwatch } from './stopwatch.ts';

test('only events that were sent to a living client are measured, and only losses that it did not ask for', () => {
  // Goal: a replay of old events and a wanted pause do not spoil the figures. Method: tell a watch all of them.
  const [latency, reconnect] = [new LatencyRecorder(), new LatencyRecorder()];
  const before = moment() - 60_000;
  const watch = new Stopwatch({ latency, reconnect });
  watch.event({ sentMs: before });
  watch.event('no moment');
  watch.event({ sentMs: moment() });
  expect(latency.count).toBe(1);

  watch.lost(); // while it connects for the first time
  watch.live();
  watch.live();
  watch.lost();
  watch.away();
  watch.event({ sentMs: moment() });
  watch.live();
  watch.event({ sentMs: moment() - 1 });
  expect(latency.count).toBe(1);
  expect(reconnect.count).toBe(0);
  watch.lost();
  watch.lost();
  watch.live();
  expect(reconnect.count).toBe(1);
});
