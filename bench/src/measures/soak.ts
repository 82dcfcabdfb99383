import { doubts, percentiles, cost } from './figures.ts';
import type { Measure } from './measure.ts';
import { WINDOW } from './throughput.ts';
import { residentBytes } from '../sampling/process-usage.ts';

const EVENTS = 10_000_000;
const LOOK_EVERY_MS = 5_000;
const MIB = 2 ** 20;
/** Heaps reach their usual size within this part of the run. */
const SETTLED_PART = 0.25;

/** Half of the most that it can, for ten million events: what the edge's memory grows by once it has settled. */
export const soak: Measure = {
  name: 'soak',
  title: 'Soak at half the maximum, 10 M events',
  when: 'full',
  roundsMax: 1,
  systems: ['longspan-r1'],
  run: async ({ stage: makeStage, scaled, tell }) => {
    await using stage = await makeStage();
    await stage.connect();
    const warm = await stage.saturate(WINDOW, {
      warmMs: scaled({ quick: 1_000, full: 5_000 }),
      lengthMs: scaled({ quick: 2_000, full: 10_000 }),
    });
    const ratePerSecond = warm.report.eventsPerSecond / 2;
    const events = scaled({ quick: EVENTS / 100, full: EVENTS });
    const lengthMs = (events / ratePerSecond) * 1_000;
    const edgePid = stage.running.edges[0]?.pid ?? -1;
    const memory: number[] = [];
    const look = async () => {
      const bytes = await residentBytes(edgePid);
      if (bytes !== undefined) memory.push(bytes / MIB);
      tell(`${Math.round((memory.length * LOOK_EVERY_MS) / 1_000)} of ${Math.round(lengthMs / 1_000)} s`);
    };
    const timer = setInterval(() => {
      void look();
    }, LOOK_EVERY_MS);
    const { report, usage } = await stage
      .openLoop(ratePerSecond, { warmMs: 0, lengthMs })
      .finally(() => clearInterval(timer));
    const { latency, lost, repeats } = await stage.collect();
    const settled = memory.slice(Math.floor(memory.length * SETTLED_PART));
    return {
      figures: [
        ...percentiles(latency),
        cost('memory growth', growth(settled), '×'),
        cost('lost', lost, 'events'),
      ],
      latencies: [{ name: 'due to callback', parcel: latency.parcel() }],
      usages: usage.processes,
      lost,
      repeats,
      notes: [...doubts(report, usage), `${events.toLocaleString('en')} events`],
    };
  },
};

/** The last third's mean to the first third's: 1 is flat. A single look is the garbage collector's whim. */
function growth(values: readonly number[]): number {
  const third = Math.ceil(values.length / 3);
  const mean = (some: readonly number[]) => some.reduce((sum, value) => sum + value, 0) / some.length;
  return third === 0 ? 1 : mean(values.slice(-third)) / mean(values.slice(0, third));
}
