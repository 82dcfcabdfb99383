import { cost, rate } from '../figures.ts';
import { delivered } from '../latency.ts';
import type { Attempt, Measured } from '../measure.ts';
import { saturated } from '../throughput.ts';
import { growthOf } from './growth.ts';

const KIB = 1_024;
const MIB = KIB * KIB;
const CONNECTED = 200;
const IDLE_SHARE = 0.5;
const CONNECT_WINDOW = 500;
/** The largest events that are on their way at once must not fill memory. */
const BYTES_ON_THEIR_WAY = 16 * MIB;
const WINDOW_MAX = 4_000;

const sessions = growthOf({
  name: 'sessions',
  title: 'By sessions on one edge, 1,000 events/s',
  systems: ['longspan-r1', 'socket-io', 'raw-ws'],
  steps: [200, 1_000, 2_500, 5_000, 10_000],
  at: async (attempt, users) => {
    const measured = await delivered(attempt, 1_000, { users, readers: users > 2_000 ? 2 : 1 });
    const edges = (measured.usages ?? []).filter(({ role }) => role === 'edge');
    return {
      ...measured,
      figures: [
        ...measured.figures,
        ...edges.flatMap(({ residentBytes, cpuShare }) => [
          cost("the edge's memory", residentBytes / MIB, 'MiB'),
          cost("the edge's CPU", cpuShare, 'cores'),
        ]),
      ],
    };
  },
});

const usersPerShard = growthOf({
  name: 'users',
  title: 'By users of one shard, most of them away',
  systems: ['longspan-r1'],
  steps: [1_000, 3_000, 10_000, 30_000, 100_000],
  at: (attempt, users) =>
    saturated(attempt, { users: CONNECTED, idleUsers: users - CONNECTED, idleShare: IDLE_SHARE }),
});

const shards = growthOf({
  name: 'shards',
  title: 'By shards',
  systems: ['longspan-r1', 'longspan-r3', 'raw-jetstream-r1', 'raw-jetstream-r3'],
  steps: [1, 2, 4, 8],
  at: (attempt, count) => saturated(attempt, { shards: count }),
});

const edges = growthOf({
  name: 'edges',
  title: 'By edges',
  systems: ['longspan-r1', 'socket-io'],
  steps: [1, 2, 3, 4],
  at: (attempt, count) => saturated(attempt, { edges: count }),
});

const replay = growthOf({
  name: 'replay',
  title: 'Connect to caught up, by the events that are replayed',
  systems: ['longspan-r1', 'longspan-r3'],
  steps: [1, 10, 100, 300, 1_000],
  at: replayed,
});

async function replayed(attempt: Attempt, depth: number): Promise<Measured> {
  const users = attempt.scaled({ quick: 50, full: 200 });
  await using stage = await attempt.stage({ users, from: 'earliest' });
  await stage.toEach(depth, CONNECT_WINDOW);
  const durations = await stage.connect(0, users, 1);
  const { lost, repeats } = await stage.collect();
  const { p50, p99 } = durations.distribution('', 0);
  return { figures: [cost('p50', p50, 'ms'), cost('p99', p99, 'ms')], lost, repeats };
}

const eventSize = growthOf({
  name: 'event-size',
  title: "By the size of an event's data",
  systems: ['longspan-r1', 'socket-io', 'raw-jetstream-r1'],
  steps: [64, 256, 1_024, 4_096, 16_384, 65_536],
  at: async (attempt, dataBytes) => {
    const window = Math.max(CONNECTED, Math.min(WINDOW_MAX, Math.floor(BYTES_ON_THEIR_WAY / dataBytes)));
    const measured = await saturated(attempt, { dataBytes }, window);
    const perSecond = measured.figures.find(({ name }) => name === 'rate')?.value ?? 0;
    return {
      ...measured,
      figures: [...measured.figures, rate('volume', (perSecond * dataBytes) / MIB, 'MiB/s')],
    };
  },
});

const fanOut = growthOf({
  name: 'fan-out',
  title: 'By devices of each user, 50 users',
  systems: ['longspan-r1', 'socket-io', 'raw-ws'],
  steps: [1, 2, 5, 10, 20],
  at: (attempt, devicesPerUser) => saturated(attempt, { users: 50, devicesPerUser }),
});

export const GROWTH = [sessions, usersPerShard, shards, edges, replay, eventSize, fanOut];
