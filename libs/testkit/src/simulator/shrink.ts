import type { Scenario } from './scenario.ts';
import type { Schedule, Step } from './schedule.ts';

/** Runs a schedule; what it broke, or undefined. */
export type Run = (schedule: Schedule) => Promise<string | undefined>;

/** What a scenario may be reduced to, one after the other: fewer of everything, then less that is in the way. */
const SIMPLER: readonly (readonly [
  figure: 'clients' | 'users' | 'edges' | 'shards' | 'replicas',
  to: number,
])[] = [
  ['clients', 3],
  ['clients', 2],
  ['clients', 1],
  ['users', 1],
  ['edges', 1],
  ['shards', 1],
  ['replicas', 2],
  ['replicas', 1],
];
const PLAIN: Partial<Scenario> = {
  dropMax: 0,
  eventBytes: 10,
  pageEventsMax: 100,
  rangeEventsMax: 100,
  keepPerUser: 1_000,
};

/**
 * Makes a failing schedule short: a simpler scenario where it still fails, and as few steps as suffice. Any broken
 * promise counts as the same failure. Tries at most `runsMax` schedules.
 */
export async function shrink(schedule: Schedule, run: Run, runsMax = 3_000): Promise<Schedule> {
  let best = schedule;
  let runs = 0;
  const fails = async (candidate: Schedule): Promise<boolean> => {
    if (runs++ >= runsMax || (await run(candidate)) === undefined) return false;
    best = candidate;
    return true;
  };
  let size: number;
  do {
    size = best.steps.length;
    best = { ...best, steps: await fewest(best, fails) };
    for (const [figure, to] of SIMPLER) {
      if (best.scenario[figure] > to) await fails({ ...best, scenario: { ...best.scenario, [figure]: to } });
    }
    for (const [figure, to] of Object.entries(PLAIN)) {
      await fails({ ...best, scenario: { ...best.scenario, [figure]: to } });
    }
  } while (best.steps.length < size);
  return best;
}

/** Leaves out ever smaller stretches of the steps, as long as it fails without them (delta debugging). */
async function fewest(
  schedule: Schedule,
  fails: (candidate: Schedule) => Promise<boolean>,
): Promise<readonly Step[]> {
  let { steps } = schedule;
  for (let stretch = Math.ceil(steps.length / 2); stretch >= 1; stretch = Math.floor(stretch / 2)) {
    for (let end = steps.length; end > 0; end -= stretch) {
      const fewer = [...steps.slice(0, Math.max(0, end - stretch)), ...steps.slice(end)];
      if (await fails({ ...schedule, steps: fewer })) steps = fewer;
    }
  }
  return steps;
}
