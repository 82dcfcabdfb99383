import { expect, test } from 'vitest';
import { now } from './clock.ts';
import { benchEvent } from './event.ts';
import { Listener } from './listener.ts';

function given(...numbers: readonly number[]): Listener {
  const listener = new Listener(() => undefined);
  for (const n of numbers) listener.handlers.event(benchEvent('ada', n, 0, 64));
  return listener;
}

test('events that are left out or come again are counted', () => {
  // Goal: a system that is fast because it loses events is found out. Method: a hole of two, a repeat, a late one.
  const { seen, missing, repeats } = given(5, 6, 9, 9, 8, 10);
  expect({ seen, missing, repeats }).toEqual({ seen: 4, missing: 2, repeats: 2 });
});

test('a device has resumed when it is live on a new connection and has had what it missed', async () => {
  // Goal: the clock of a resume stops neither early nor at the old connection. Method: each condition alone, then both.
  const listener = given(1);
  listener.handlers.live();
  const sinceMs = now();
  let resumed = false;
  const waiting = listener.untilResumed(sinceMs, 3, 20_000).then((atMs) => {
    resumed = true;
    return atMs;
  });
  listener.handlers.event(benchEvent('ada', 3, 0, 64));
  await Promise.resolve();
  expect(resumed).toBe(false);
  listener.handlers.lost();
  listener.handlers.live();
  expect(await waiting).toBeGreaterThan(sinceMs);
});

test('a resume that does not come about ends when the time is over', async () => {
  // Goal: a device that never comes back does not hold up the benchmark. Method: no time at all.
  expect(await given(1).untilResumed(0, 2, 0)).toBeUndefined();
});
