import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { duration } from '@longspan/testkit';
import { MEASURES } from './measures/all-measures.ts';
import { planOf, unknownNames, type Choice, type Step } from './plan.ts';
import type { BenchResult, FailedTrial, Machine, Trial } from './results/result.ts';
import { judge } from './results/goals.ts';
import { comparisonText, goalsTable } from './results/summary.ts';
import { briefly, numberText } from './results/text.ts';
import { writeFlameGraphs } from './results/write-flame-graphs.ts';
import { readResult, writeResults } from './results/write-results.ts';
import { runStep } from './run.ts';
import { SYSTEMS } from './systems/all-systems.ts';
import { SYSTEM_NAMES } from './systems/system-names.ts';

export interface BenchOptions extends Choice {
  readonly json: boolean;
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

/** Names that `--only` was given and that mean nothing, with those that do; undefined if all do. */
export function complaintAbout(only: readonly string[]): string | undefined {
  const unknown = unknownNames(only, MEASURES);
  if (unknown.length === 0) return undefined;
  const measures = MEASURES.map(({ name }) => name).join(', ');
  return `Nothing is called ${unknown.join(', ')}.\nMeasures: ${measures}.\nSystems: ${SYSTEM_NAMES.join(', ')}.`;
}

/**
 * Measures, writes the results after each step, and prints the table. Resolves to the exit code: 0 if a full run met every must
 * that it measured and every step came to a result; a quick or partial run is judged by the latter alone.
 */
export async function bench(
  options: BenchOptions,
  surroundings: BenchSurroundings,
  display: Display,
): Promise<number> {
  const then = options.compare === undefined ? undefined : await readResult(options.compare);
  const { resultsFolder, machine, versions, commit, missing } = surroundings;
  const { scale, seed, rounds } = options;
  await mkdir(surroundings.storeFolder, { recursive: true });
  const storeFolder = await mkdtemp(join(surroundings.storeFolder, 'run-'));
  const profiles = join(resultsFolder, 'profiles');
  if (options.profile) await rm(profiles, { recursive: true, force: true });
  const profileFolderOf = ({ measure, system, round }: Step) =>
    options.profile ? join(profiles, `${measure.name}-${system}-${round + 1}`) : undefined;
  const plan = planOf(options, MEASURES);
  const startedMs = Date.now();
  const trials: Trial[] = [];
  const failed: FailedTrial[] = [];
  const resultNow = (): BenchResult => ({
    format: 1,
    startedAt: new Date(startedMs).toISOString(),
    durationMs: Date.now() - startedMs,
    scale,
    seed,
    rounds,
    commit,
    machine,
    versions,
    trials,
    failed,
  });
  display.say(`${plan.length} measurements in up to ${rounds} rounds, seed ${seed}\n`);
  try {
    for (const [i, step] of plan.entries()) {
      const perStepMs = (Date.now() - startedMs) / Math.max(1, i);
      const left = i === 0 ? '' : `, about ${duration(perStepMs * (plan.length - i))} to go`;
      const title = `[${i + 1}/${plan.length}] ${step.measure.name}, ${SYSTEMS[step.system].title}, round ${step.round + 1}`;
      const trial = await display.step(
        title,
        (tell) => {
          tell(left.slice(2));
          return runStep(step, { scale, storeFolder, profileFolderOf, missing }, (detail) =>
            tell(`${detail}${left}`),
          );
        },
        (ended) => 'figures' in ended,
      );
      if ('figures' in trial) trials.push(trial);
      else failed.push(trial);
      const profileFolder = profileFolderOf(step);
      if (profileFolder !== undefined) await writeFlameGraphs(profileFolder, title);
      display.say(`    ${lineOf(trial)}`);
      await writeResults(resultsFolder, resultNow(), then);
    }
  } finally {
    await rm(storeFolder, { recursive: true, force: true, maxRetries: 5 });
  }
  return conclude(resultNow(), then, options, surroundings, display);
}

function conclude(
  result: BenchResult,
  then: BenchResult | undefined,
  { json, scale }: BenchOptions,
  { resultsFolder }: BenchSurroundings,
  { say }: Display,
): number {
  if (json) process.stdout.write(`${JSON.stringify(result)}\n`);
  say(`\n${goalsTable(result)}\n`);
  if (scale === 'quick') say('A quick run is shorter and smaller than what the goals are about.\n');
  if (then !== undefined) say(`${comparisonText(then, result)}\n`);
  say(`${resultsFolder}: summary.md, result.json, plots/`);
  const missed = judge(result).filter(({ verdict }) => verdict === 'missed');
  return result.failed.length > 0 || (scale === 'full' && missed.length > 0) ? 1 : 0;
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
