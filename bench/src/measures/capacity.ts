import type { Figure } from '../results/result.ts';
import type { ProcessUsage } from '../sampling/process-usage.ts';
import { modelOf, needOf, type CapacityModel, type Load, type Need, type Reading } from './capacity-model.ts';
import { cost } from './figures.ts';
import { delivered } from './latency.ts';
import type { Attempt, Measure, Measured } from './measure.ts';

const MIB = 1_024 * 1_024;
/** The corners that the model is made from. */
const LITTLE: Load = { sessions: 500, eventsPerSecond: 500 };
const MANY_EVENTS: Load = { sessions: 500, eventsPerSecond: 6_000 };
const MANY_SESSIONS: Load = { sessions: 8_000, eventsPerSecond: 500 };
/** The load that it has to predict. */
const UNSEEN: Load = { sessions: 4_000, eventsPerSecond: 3_000 };

const NEEDS: readonly { readonly need: keyof Need; readonly title: string; readonly unit: string }[] = [
  { need: 'edgeCores', title: "edge's CPU", unit: 'cores' },
  { need: 'brokerCores', title: "brokers' CPU", unit: 'cores' },
  { need: 'edgeMiB', title: "edge's memory", unit: 'MiB' },
];

/** What sessions and events cost, and how well that predicts a load that it was not made from. */
export const capacity: Measure = {
  name: 'capacity',
  title: 'What sessions and events cost, and a load predicted from it',
  when: 'full',
  roundsMax: 3,
  systems: ['longspan-r1', 'longspan-r3'],
  run: async (attempt) => {
    const seen: Measured[] = [];
    const at = async (load: Load): Promise<Reading> => {
      attempt.tell(`${load.sessions} sessions, ${load.eventsPerSecond} events/s`);
      const measured = await readingAt(attempt, load);
      seen.push(measured);
      return { ...load, ...needed(measured.usages ?? []) };
    };
    const model = modelOf(await at(LITTLE), await at(MANY_EVENTS), await at(MANY_SESSIONS));
    const unseen = await at(UNSEEN);
    return {
      figures: [...costs(model), ...predictions(needOf(model, UNSEEN), unseen)],
      lost: seen.reduce((sum, { lost = 0 }) => sum + lost, 0),
      repeats: seen.reduce((sum, { repeats = 0 }) => sum + repeats, 0),
      notes: seen.flatMap(({ notes = [] }) => notes),
    };
  },
};

function readingAt(attempt: Attempt, { sessions, eventsPerSecond }: Load): Promise<Measured> {
  return delivered(attempt, eventsPerSecond, { users: sessions, readers: sessions > 2_000 ? 2 : 1 });
}

function needed(usages: readonly ProcessUsage[]): Need {
  const sum = (role: ProcessUsage['role'], of: (usage: ProcessUsage) => number) =>
    usages.filter((usage) => usage.role === role).reduce((all, usage) => all + of(usage), 0);
  return {
    edgeCores: sum('edge', ({ cpuShare }) => cpuShare),
    brokerCores: sum('broker', ({ cpuShare }) => cpuShare),
    edgeMiB: sum('edge', ({ residentBytes }) => residentBytes) / MIB,
  };
}

function costs(model: CapacityModel): readonly Figure[] {
  return NEEDS.flatMap(({ need, title, unit }) => [
    cost(`${title}, for 1 event/s to ${LITTLE.sessions} sessions`, model[need].atOne, unit),
    cost(`${title}, exponent of the events/s`, model[need].exponent, ''),
    cost(`${title}, for 1,000 sessions more`, model[need].perSession * 1_000, unit),
  ]);
}

function predictions(expected: Need, seen: Need): readonly Figure[] {
  const { sessions, eventsPerSecond } = UNSEEN;
  const where = `${sessions.toLocaleString('en')} sessions and ${eventsPerSecond.toLocaleString('en')} events/s`;
  return NEEDS.flatMap(({ need, title, unit }) => [
    cost(`${title} at ${where}`, seen[need], unit),
    cost(`${title} at ${where}, predicted`, expected[need], unit),
    cost(`${title}, predicted beside measured`, expected[need] / seen[need], 'times'),
  ]);
}
