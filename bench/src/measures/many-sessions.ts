import { doubts, percentiles } from './figures.ts';
import type { Measure } from './measure.ts';

const RATE = 2_000;
const EDGES = 2;
const READERS = 3;
const CONNECT_AT_ONCE = 30;

/** Latency with many sessions, each of a user of its own. */
export const manySessions: Measure = {
  name: 'many-sessions',
  title: '20,000 sessions on two edges, 2,000 events/s',
  when: 'full',
  roundsMax: 2,
  systems: ['longspan-r1', 'longspan-r3', 'socket-io', 'nats-websocket'],
  run: async ({ stage: makeStage, scaled, tell }) => {
    const users = scaled({ quick: 2_000, full: 20_000 });
    await using stage = await makeStage({ users, edges: EDGES, readers: READERS });
    tell(`connecting ${users}`);
    await stage.connect(0, users, CONNECT_AT_ONCE);
    tell('measuring');
    const { report, usage } = await stage.openLoop(RATE, {
      warmMs: scaled({ quick: 3_000, full: 15_000 }),
      lengthMs: scaled({ quick: 5_000, full: 60_000 }),
    });
    const { latency, lost, repeats, disconnects } = await stage.collect();
    return {
      figures: [...percentiles(latency), { name: 'lost', value: lost, unit: 'events', better: 'less' }],
      latencies: [{ name: 'due to callback', parcel: latency.parcel() }],
      usages: usage.processes,
      lost,
      repeats,
      notes: [
        ...doubts(report, usage),
        ...(disconnects > 0 ? [`${disconnects} sessions broke off`] : []),
        ...(users === 20_000 ? [] : [`${users} sessions`]),
      ],
    };
  },
};
