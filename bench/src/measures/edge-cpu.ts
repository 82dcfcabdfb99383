import { doubts, perCpuSecond } from './figures.ts';
import type { Measure } from './measure.ts';
import { WINDOW } from './throughput.ts';

/** The same for all: what a system does beyond it is not asked here. */
const DEVICES_PER_USER = 1;

/** How many events the edge delivers for each second of CPU time that it uses, when it has as much to do as there is. */
export const edgeCpu: Measure = {
  name: 'edge-cpu',
  title: 'Events per CPU second of the edge alone',
  when: 'quick',
  systems: ['longspan-r1', 'socket-io', 'sse-redis', 'raw-ws'],
  run: async ({ stage: makeStage, scaled }) => {
    await using stage = await makeStage({ devicesPerUser: DEVICES_PER_USER });
    await stage.connect();
    const lengthMs = scaled({ quick: 3_000, full: 10_000 });
    const warmMs = scaled({ quick: 2_000, full: 5_000 });
    const { report, usage } = await stage.saturate(WINDOW, { warmMs, lengthMs });
    const { lost, repeats } = await stage.collect();
    const figures = perCpuSecond((report.eventsPerSecond * lengthMs) / 1_000, usage);
    if (figures.length === 0) throw new Error('this system does not tell CPU time');
    return { figures, usages: usage.processes, lost, repeats, notes: doubts(report, usage) };
  },
};
