import { newCoverage, type Coverage } from './coverage.ts';
import { Violation } from './reading.ts';
import { drawRest } from './rest.ts';
import type { ScenarioName } from './scenario.ts';
import { StepSource, type Schedule, type Step } from './schedule.ts';
import { World } from './world.ts';

/** How a schedule ended that broke a promise. */
export interface Failure {
  readonly schedule: Schedule;
  readonly what: string;
}

/** Steps that turn out not to be possible are drawn again. */
const TRIES_A_STEP = 4;

/** Draws and runs the schedule of a seed; undefined if every promise held. Counts what occurred. */
export async function simulate(
  seed: number,
  coverage: Coverage = newCoverage(),
  name?: ScenarioName,
): Promise<Failure | undefined> {
  const source = new StepSource(seed, name);
  const steps: Step[] = [];
  const world = new World(source.scenario, coverage);
  const what = await violationOf(async () => {
    for (let tries = TRIES_A_STEP * source.scenario.steps; tries > 0; tries--) {
      if (steps.length >= source.scenario.steps) break;
      const step = source.next();
      // Noted before it is made: the step that breaks a promise belongs to the schedule.
      steps.push(step);
      if (!world.step(step)) steps.pop();
      if (world.isUnsettled) await world.settle();
    }
    await drawRest(world);
  });
  const { scenario } = source;
  return what === undefined ? undefined : { what, schedule: { seed, name: source.name, scenario, steps } };
}

/** Runs a schedule again, as it is; undefined if every promise held. */
export async function replay(
  schedule: Schedule,
  trace?: (line: string) => void,
): Promise<string | undefined> {
  const world = new World(schedule.scenario, newCoverage(), trace);
  return violationOf(async () => {
    for (const step of schedule.steps) {
      world.step(step);
      if (world.isUnsettled) await world.settle();
    }
    trace?.('comes to rest');
    await drawRest(world);
  });
}

async function violationOf(run: () => Promise<void>): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error instanceof Violation ? error.message : String((error as Error).stack);
  }
}
