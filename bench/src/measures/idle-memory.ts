import { setTimeout as sleep } from 'node:timers/promises';
import { residentBytes } from '../sampling/process-usage.ts';
import { cost } from './figures.ts';
import type { Measure } from './measure.ts';
import type { Stage } from './stage.ts';

/** The first sessions bring the code and the heap that all share. */
const FIRST = 500;
const READERS = 2;
const CONNECT_AT_ONCE = 50;
/** For what connecting left behind to be collected. */
const SETTLE_MS = { quick: 3_000, full: 10_000 };
const KIB = 1_024;

/** What the memory of one edge grows by for each session of a user to whom nothing happens. */
export const idleMemory: Measure = {
  name: 'idle-memory',
  title: 'Memory of an idle session, 10,000 on one edge',
  when: 'quick',
  roundsMax: 3,
  systems: ['longspan-r1', 'socket-io', 'sse-redis', 'nats-websocket', 'raw-ws'],
  run: async ({ stage: makeStage, scaled }) => {
    const sessions = scaled({ quick: 1_000, full: 10_000 });
    await using stage = await makeStage({ users: FIRST + sessions, readers: READERS });
    await stage.connect(0, FIRST, CONNECT_AT_ONCE);
    await sleep(scaled(SETTLE_MS));
    const before = await edgeBytes(stage);
    await stage.connect(FIRST, FIRST + sessions, CONNECT_AT_ONCE);
    await sleep(scaled(SETTLE_MS));
    const after = await edgeBytes(stage);
    const { disconnects } = await stage.collect();
    return {
      figures: [cost('memory per session', (after - before) / sessions / KIB, 'KiB')],
      notes: [
        ...(disconnects > 0 ? [`${disconnects} sessions broke off`] : []),
        ...(sessions === 10_000 ? [] : [`${sessions} sessions`]),
      ],
    };
  },
};

async function edgeBytes({ running }: Stage): Promise<number> {
  const [edge] = running.edges;
  const bytes = await residentBytes(edge?.pid ?? -1);
  if (bytes === undefined) throw new Error('this system does not tell memory');
  return bytes;
}
