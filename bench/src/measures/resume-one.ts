import { setTimeout as sleep } from 'node:timers/promises';
import { LatencyRecorder } from '@longspan/testkit';
import { now } from '../load/clock.ts';
import { cost, percentiles } from './figures.ts';
import type { Measure } from './measure.ts';

const RATE = 500;
const BACK_WITHIN_MS = 30_000;
/** Longspan's client waits before it comes back if it was live for less than 2 s: that is no edge's death but a rhythm of them. */
const SETTLED_MS = 2_500;

/** From the SIGKILL of a client's edge to the callback of the first event that was due after it. */
export const resumeOne: Measure = {
  name: 'resume-one',
  title: 'Edge killed to the next event, one client',
  when: 'quick',
  systems: ['longspan-r1', 'longspan-r3', 'socket-io', 'sse-redis'],
  run: async ({ stage: makeStage, scaled, tell }) => {
    await using stage = await makeStage({ users: 1, edges: 2, startAt: 'first' });
    await stage.connect();
    const [reader] = stage.readers;
    if (reader === undefined) throw new Error('this needs a reader');
    const endLoad = stage.steadily(RATE);
    const durations = new LatencyRecorder();
    const kills = scaled({ quick: 3, full: 40 });
    await reader.call('firstDueFrom', { dueMs: now(), withinMs: BACK_WITHIN_MS });
    await sleep(SETTLED_MS);
    for (let i = 0; i < kills; i += 1) {
      tell(`kill ${i + 1} of ${kills}`);
      const edge = stage.running.edges[i % 2];
      if (edge === undefined) throw new Error('this needs two edges');
      const killedMs = now();
      const next = reader.call('firstDueFrom', { dueMs: killedMs, withinMs: BACK_WITHIN_MS });
      const [backMs] = await Promise.all([next, edge.kill()]);
      durations.record(backMs - killedMs);
      await edge.start();
      await sleep(SETTLED_MS);
    }
    await endLoad();
    const { lost, repeats } = await stage.collect();
    return {
      figures: [...percentiles(durations), cost('lost', lost, 'events')],
      latencies: [{ name: 'edge killed to the next event', parcel: durations.parcel() }],
      lost,
      repeats,
    };
  },
};
