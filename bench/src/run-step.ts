import { errorOf } from './systems/error-of.ts';
import type { Measured } from './measures/measure.ts';
import { RefusedError, Stage, USUAL } from './measures/stage.ts';
import type { Step } from './plan.ts';
import type { FailedTrial, Trial } from './results/result.ts';
import { SYSTEMS } from './systems/all-systems.ts';

export interface StepOptions {
  readonly scale: 'quick' | 'full';
  readonly storeFolder: string;
  /** Where its CPU profiles go, if it is to make any. */
  readonly profileFolder: string | undefined;
  /** Why systems cannot be measured here, by what they are called. */
  readonly missing: ReadonlyMap<string, string>;
}

/** Takes one step of the plan. What goes wrong is a result, too: it must not end a run of an hour. */
export async function runStep(
  step: Step,
  options: StepOptions,
  tell: (detail: string) => void,
): Promise<Trial | FailedTrial> {
  const { measure, system: name, round, seed } = step;
  const { scale, storeFolder, profileFolder, missing } = options;
  const about = { measure: measure.name, system: name, round };
  const reason = missing.get(name);
  if (reason !== undefined) return { ...about, reason, refused: true };
  const system = SYSTEMS[name];
  try {
    const measured: Measured = await measure.run({
      system,
      round,
      seed,
      scaled: (by) => by[scale],
      stage: (asked = {}) =>
        Stage.start({ system, seed, storeFolder, profileFolder }, { ...USUAL, ...asked }),
      tell,
    });
    return { latencies: [], usages: [], lost: 0, repeats: 0, notes: [], ...measured, ...about };
  } catch (error) {
    return { ...about, reason: errorOf(error).message, refused: error instanceof RefusedError };
  }
}
