import { setTimeout as sleep } from 'node:timers/promises';
import { LatencyRecorder } from '@longspan/testkit';
import { now } from '../load/clock.ts';
import { cost, percentiles } from './figures.ts';
import type { Measure } from './measure.ts';

const BACK_WITHIN_MS = { quick: 10_000, full: 30_000 };
/** As in `resume-one`: the last to connect must not be taken for one whose connections keep failing. */
const SETTLED_MS = 2_500;
const WINDOW = 1_000;
const CONNECT_AT_ONCE = 100;
const READERS = 2;

/** From the SIGKILL of the edge that has all clients until each is live on the other one and has had what it missed. */
export function resumeMany(missed: number): Measure {
  const what = missed === 0 ? 'nothing missed' : `${missed} events missed each`;
  return {
    name: `resume-many-${missed}`,
    title: `Edge killed to all 5,000 clients back, ${what}`,
    when: 'quick',
    systems: ['longspan-r1', 'longspan-r3', 'socket-io', 'sse-redis'],
    roundsMax: 3,
    run: async ({ stage: makeStage, scaled }) => {
      const users = scaled({ quick: 1_000, full: 5_000 });
      await using stage = await makeStage({ users, edges: 2, startAt: 'first', readers: READERS });
      await stage.connect(0, users, CONNECT_AT_ONCE);
      const [edge] = stage.running.edges;
      if (edge === undefined) throw new Error('this needs two edges');
      // Each has one event, so that it knows its place in systems that tell it only by an event.
      await stage.toEach(1, WINDOW);
      await stage.collect();
      await sleep(SETTLED_MS);
      if (missed > 0) {
        // What is committed while the edge stands still has reached nobody when it dies.
        edge.pause();
        await stage.toEach(missed, WINDOW);
      }
      const killedMs = now();
      const n = missed === 0 ? 0 : 1 + missed;
      const resuming = stage.readers.map((reader) =>
        reader.call('resumed', { sinceMs: killedMs, n, withinMs: scaled(BACK_WITHIN_MS) }),
      );
      await edge.kill();
      const all = await Promise.all(resuming);
      const durations = new LatencyRecorder();
      for (const one of all) durations.add(one.durations);
      const back = all.reduce((sum, { resumed }) => sum + resumed, 0);
      const { lost, repeats } = await stage.collect();
      return {
        figures: [
          ...(back === users
            ? [cost('all back', Math.max(...all.map(({ lastMs }) => lastMs)) / 1_000, 's')]
            : []),
          ...(durations.count === 0 ? [] : percentiles(durations)),
          cost('not back', users - back, 'clients'),
        ],
        latencies: [{ name: 'edge killed to back', parcel: durations.parcel() }],
        lost,
        repeats,
        notes: users === 5_000 ? [] : [`${users} clients`],
      };
    },
  };
}
