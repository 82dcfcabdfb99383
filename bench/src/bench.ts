import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { duration } from '@longspan/testkit';
import { SetupError } from '../../bootstrap/setup-error.mjs';
import { MEASURES } from './measures/all-measures.ts';
import { leftOf, planOf, unknownNames, withoutFailuresOf, type Choice } from './plan.ts';
import type { BenchResult, FailedTrial, Machine, Trial } from './results/result.ts';
import { judge } from './results/goals.ts';
import { comparisonText, goalsTable } from './results/summary.ts';
import { briefly, numberText } from './results/text.ts';
import { writeFlameGraphs } from './results/write-flame-graphs.ts';
import { RESULT, readResult, writeResults } from './results/write-results.ts';
import { RunRecord } from './run-record.ts';
import { runStep } from './run-step.ts';
import { StoreFolder } from './store-folder.ts';
import { SYSTEMS } from './systems/all-systems.ts';
import { SYSTEM_NAMES } from './systems/system-names.ts';

export interface BenchOptions extends Choice {
  readonly json: boolean;
  /** Goes on with the run in the results' folder. */
  readonly continue: boolean;
  /** The `result.json` of an earlier run. */
  readonly compare?: string;
  /** Writes CPU profiles of the edges. */
  readonly profile: boolean;
}

/** What the bootstrap has found out and set up. */
export interface BenchSurroundings {
  readonly commit: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  /** Why systems cannot be measured here. */
  readonly missing: ReadonlyMap<string, string>;
  /** Where results go, and where systems may store what they store meanwhile. */
  readonly resultsFolder: string;
  readonly storeFolder: string;
}

/** Shows what is going on; the bootstrap's progress display. */
export interface Display {
  step<T>(
    title: string,
    work: (tell: (detail: string) => void) => Promise<T>,
    isGood?: (result: T) => boolean,
  ): Promise<T>;
  say(line: string): void;
}

/**
 * Measures, writes the results after each step, and prints the table. Resolves to the exit code: 0 if a full run met every must
 * that it measured and every step came to a result; a quick run is judged by the latter alone. Rejects with a `SetupError` if the
 * options name what does not exist, or a run to go on with that there is not or that was of another commit.
 */
export async function bench(
  options: BenchOptions,
  surroundings: BenchSurroundings,
  display: Display,
): Promise<number> {
  refuseUnknown(options.only);
  const then = options.compare === undefined ? undefined : await readResult(options.compare);
  const { resultsFolder } = surroundings;
  const earlier = options.continue ? await interrupted(surroundings) : undefined;
  const { scale, rounds, seed } = earlier ?? options;
  const choice = { ...options, scale, rounds, seed };
  const whole = planOf(choice, MEASURES);
  const plan = earlier === undefined ? whole : leftOf(whole, earlier);
  const record = new RunRecord(choice, surroundings, earlier && withoutFailuresOf(plan, earlier));
  const profiles = join(resultsFolder, 'profiles');
  if (options.profile && earlier === undefined) await rm(profiles, { recursive: true, force: true });
  const count = earlier === undefined ? plan.length : `${plan.length} of ${whole.length}`;
  display.say(`${count} measurements in up to ${rounds} rounds, seed ${seed}\n`);
  await using store = await StoreFolder.make(surroundings.storeFolder);
  for (const [i, step] of plan.entries()) {
    const { measure, system, round } = step;
    const what = `${measure.name}, ${SYSTEMS[system].title}, round ${round + 1}`;
    const left = i === 0 ? '' : `about ${duration((record.elapsedMs / i) * (plan.length - i))} to go`;
    const profileFolder = options.profile
      ? join(profiles, `${measure.name}-${system}-${round + 1}`)
      : undefined;
    const surrounding = {
      scale,
      storeFolder: store.path,
      profileFolder,
      missing: surroundings.missing,
    };
    const trial = await display.step(
      `[${i + 1}/${plan.length}] ${what}`,
      (tell) => {
        tell(left);
        return runStep(step, surrounding, (detail) =>
          tell([detail, left].filter((text) => text !== '').join(', ')),
        );
      },
      (ended) => 'figures' in ended || ended.refused,
    );
    record.add(trial);
    display.say(`    ${lineOf(trial)}`);
    if (profileFolder !== undefined) await writeFlameGraphs(profileFolder, what);
    await writeResults(resultsFolder, record.result, then);
  }
  return conclude(record.result, then, choice, surroundings, display);
}

/** The run that is to be gone on with. */
async function interrupted({ resultsFolder, commit }: BenchSurroundings): Promise<BenchResult> {
  const earlier = await readResult(join(resultsFolder, RESULT));
  if (earlier.commit === commit) return earlier;
  throw new SetupError(`The run in ${resultsFolder} was of ${earlier.commit}, and this is ${commit}.`);
}

function refuseUnknown(only: readonly string[]): void {
  const unknown = unknownNames(only, MEASURES);
  if (unknown.length === 0) return;
  const measures = MEASURES.map(({ name }) => name).join(', ');
  throw new SetupError(
    `Nothing is called ${unknown.join(', ')}.\nMeasures: ${measures}.\nSystems: ${SYSTEM_NAMES.join(', ')}.`,
  );
}

async function conclude(
  result: BenchResult,
  then: BenchResult | undefined,
  { json, scale }: BenchOptions,
  { resultsFolder }: BenchSurroundings,
  { say }: Display,
): Promise<number> {
  // Whoever called us ends the process; a pipe may not have taken everything by then.
  if (json) await new Promise((written) => process.stdout.write(`${JSON.stringify(result)}\n`, written));
  say(`\n${goalsTable(result)}\n`);
  if (scale === 'quick') say('A quick run is shorter and smaller than what the goals are about.\n');
  if (then !== undefined) say(`${comparisonText(then, result)}\n`);
  say(`${resultsFolder}: summary.md, result.json, plots/`);
  const missed = judge(result).filter(({ verdict }) => verdict === 'missed');
  return result.failed.some(({ refused }) => !refused) || (scale === 'full' && missed.length > 0) ? 1 : 0;
}

function lineOf(trial: Trial | FailedTrial): string {
  if (!('figures' in trial)) return briefly(trial.reason);
  const figures = trial.figures.map(({ name, value, unit, x }) => {
    const at = x === undefined ? '' : ` at ${x.toLocaleString('en')}`;
    return `${name}${at} ${numberText(value)} ${unit}`;
  });
  const lost = trial.lost > 0 ? [`${trial.lost} lost`] : [];
  return [...figures, ...lost, ...trial.notes].join(' · ');
}
