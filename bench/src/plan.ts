import { Random } from '@longspan/testkit';
import type { Measure } from './measures/measure.ts';
import type { BenchResult, FailedTrial, Trial } from './results/result.ts';
import { SYSTEM_NAMES, type SystemName } from './systems/system-names.ts';

export interface Choice {
  readonly scale: 'quick' | 'full';
  readonly growth: boolean;
  /** Measures and systems by name; of a kind that is not named, all. */
  readonly only: readonly string[];
  readonly rounds: number;
  readonly seed: number;
}

/** One measure of one system in one round. */
export interface Step {
  readonly measure: Measure;
  readonly system: SystemName;
  readonly round: number;
  /** Of the round: all systems are offered the same load. */
  readonly seed: number;
}

/** Names that are neither a measure nor a system. */
export function unknownNames(only: readonly string[], measures: readonly Measure[]): readonly string[] {
  const known = new Set<string>([...SYSTEM_NAMES, ...measures.map(({ name }) => name)]);
  return only.filter((name) => !known.has(name));
}

/**
 * What is measured, in this order: round by round, so that what changes on the machine in the course of a run falls on all, and
 * within a measure the systems one directly after the other, each round in another order.
 */
export function planOf(choice: Choice, measures: readonly Measure[]): readonly Step[] {
  const { only, rounds, seed } = choice;
  const named = measures.filter(({ name }) => only.includes(name));
  const chosen = named.length > 0 ? named : measures.filter((measure) => runsUnasked(measure, choice));
  const systems = SYSTEM_NAMES.filter((name) => only.includes(name));
  const isChosen = (system: SystemName) => systems.length === 0 || systems.includes(system);
  const random = new Random(seed);
  return Array.from({ length: rounds }, (_, round) => {
    const roundSeed = random.below(2 ** 31);
    return chosen
      .filter(({ roundsMax = rounds }) => round < roundsMax)
      .flatMap((measure) =>
        shuffled(measure.systems.filter(isChosen), random).map((system) => ({
          measure,
          system,
          round,
          seed: roundSeed,
        })),
      );
  }).flat();
}

/** What of the plan a run of it has no result of. That a system cannot do something is a result; that something failed is not. */
export function leftOf(plan: readonly Step[], { trials, failed }: BenchResult): readonly Step[] {
  const known = new Set([...trials, ...failed.filter(({ refused }) => refused)].map(keyOf));
  return plan.filter((step) => !known.has(keyOfStep(step)));
}

/** A run without the failures of what the plan measures again. */
export function withoutFailuresOf(plan: readonly Step[], run: BenchResult): BenchResult {
  const again = new Set(plan.map(keyOfStep));
  return { ...run, failed: run.failed.filter((trial) => !again.has(keyOf(trial))) };
}

function keyOf({ measure, system, round }: Trial | FailedTrial): string {
  return `${round} ${measure} ${system}`;
}

function keyOfStep({ measure, system, round }: Step): string {
  return `${round} ${measure.name} ${system}`;
}

function runsUnasked({ when }: Measure, { scale, growth }: Choice): boolean {
  switch (when) {
    case 'quick':
      return true;
    case 'full':
      return scale === 'full';
    case 'growth':
      return growth;
    default:
      return when satisfies never;
  }
}

function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
