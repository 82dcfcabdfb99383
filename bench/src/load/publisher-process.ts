import { setTimeout as sleep } from 'node:timers/promises';
import { clientsOf } from '../systems/clients-of.ts';
import type { EventPublisher } from '../systems/clients.ts';
import { Alarm } from './alarm.ts';
import { Arrivals } from './arrivals.ts';
import { now } from './clock.ts';
import { runOpenLoop } from './open-loop.ts';
import { Outlet } from './outlet.ts';
import { ArrivalCounts } from './progress-link.ts';
import type { PublisherCalls } from './publisher-calls.ts';
import { serve } from './rpc.ts';
import { saturate } from './saturation.ts';

// A process of the load generator: the back end that publishes.

const ANSWERED_WITHIN_MS = 30_000;
const LOOK_EVERY_MS = 1;

const counts = await ArrivalCounts.listen();
const alarm = await Alarm.start();
let publisher: EventPublisher | undefined;
let opened: { readonly outlet: Outlet; readonly seed: number } | undefined;
let stop = new AbortController();

serve({
  open: async ({ system, access, addressees, dataBytes, seed }) => {
    const { openPublisher } = await clientsOf(system);
    publisher = await openPublisher(access);
    opened = { outlet: new Outlet(publisher, addressees, dataBytes, seed), seed };
    return counts.port;
  },

  openLoop: async ({ ratePerSecond, startMs, warmMs, lengthMs }) => {
    const { outlet, seed } = theOpened();
    stop = new AbortController();
    const account = outlet.account(startMs + warmMs);
    const loop = {
      arrivals: new Arrivals(ratePerSecond, seed),
      startMs,
      endMs: startMs + warmMs + lengthMs,
      send: (dueMs: number) => outlet.toAnybody(dueMs),
      signal: stop.signal,
    };
    await runOpenLoop(loop, { now, pause: (ms) => alarm.pause(ms) });
    await answered(outlet);
    return account.report();
  },

  saturate: async (load) => {
    const { outlet } = theOpened();
    const account = outlet.account(load.startMs + load.warmMs);
    const eventsPerSecond = await saturate({ ...load, outlet, arrived: () => counts.total });
    await answered(outlet);
    return { ...account.report(), eventsPerSecond };
  },

  toEach: async ({ count, window }) => {
    const { outlet } = theOpened();
    const account = outlet.account(now());
    const users = outlet.addressees.attended + outlet.addressees.idle;
    for (let i = 0; i < count * users;) {
      for (let room = window - outlet.unanswered; room > 0 && i < count * users; room -= 1, i += 1) {
        outlet.toUser(i % users, now());
      }
      await sleep(LOOK_EVERY_MS);
    }
    await answered(outlet);
    return account.report();
  },

  halt: () => stop.abort(),
} satisfies PublisherCalls);

function theOpened() {
  if (opened === undefined) throw new Error('not opened yet');
  return opened;
}

/** Resolves when every publish is answered, or when waiting any longer would not help. */
async function answered(outlet: Outlet): Promise<void> {
  const untilMs = now() + ANSWERED_WITHIN_MS;
  while (outlet.unanswered > 0 && now() < untilMs) await sleep(LOOK_EVERY_MS);
}
