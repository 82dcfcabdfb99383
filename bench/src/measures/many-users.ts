import { doubts, percentiles, rate } from './figures.ts';
import type { Attempt, Measure, Measured } from './measure.ts';
import { WINDOW } from './throughput.ts';

const CONNECTED_MAX = 200;
/** Of few users, most are away, too. */
const CONNECTED_SHARE = 0.2;
const RATE = 2_000;
/** Half of all events go to users whom nobody listens to, drawn from all of them. */
const IDLE_SHARE = 0.5;
const PRELOAD_WINDOW = 4_000;

/** Throughput and latency with a log that holds the history of so many users, most of them away. */
export function manyUsers(users: number, eventsKept: number): Measure {
  return {
    name: `many-users-${users}`,
    title: `${users.toLocaleString('en')} users, ${eventsKept.toLocaleString('en')} events kept`,
    when: 'full',
    roundsMax: 3,
    systems: ['longspan-r1'],
    run: (attempt) => measured(attempt, users, eventsKept),
  };
}

async function measured(attempt: Attempt, users: number, eventsKept: number): Promise<Measured> {
  const { scaled, tell } = attempt;
  const all = Math.ceil(users / scaled({ quick: 20, full: 1 }));
  const perUser = Math.ceil(eventsKept / users);
  const connected = Math.min(CONNECTED_MAX, Math.ceil(all * CONNECTED_SHARE));
  await using stage = await attempt.stage({
    users: connected,
    idleUsers: all - connected,
    idleShare: IDLE_SHARE,
  });
  tell(`filling the log with ${perUser} events for each of ${all} users`);
  const { attended } = await stage.toEach(perUser, PRELOAD_WINDOW);
  await stage.connect();
  stage.forget(attended);
  tell('throughput');
  const saturation = await stage.saturate(WINDOW, {
    warmMs: scaled({ quick: 1_000, full: 5_000 }),
    lengthMs: scaled({ quick: 2_000, full: 10_000 }),
  });
  tell('latency');
  const open = await stage.openLoop(RATE, {
    warmMs: scaled({ quick: 1_000, full: 5_000 }),
    lengthMs: scaled({ quick: 3_000, full: 15_000 }),
  });
  const { latency, lost, repeats } = await stage.collect();
  return {
    figures: [rate('rate', saturation.report.eventsPerSecond, 'events/s'), ...percentiles(latency)],
    latencies: [{ name: 'due to callback', parcel: latency.parcel() }],
    usages: open.usage.processes,
    lost,
    repeats,
    notes: [
      ...doubts(open.report, open.usage),
      ...(all === users ? [] : [`${all.toLocaleString('en')} users`]),
    ],
  };
}
