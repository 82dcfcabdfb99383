import { Random } from '@longspan/testkit';
import type { Measure } from './measures/measure.ts';
import type { BenchResult } from './results/result.ts';
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

/** What of the plan a run of it has no result of. */
export function leftOf(plan: readonly Step[], { trials, failed }: BenchResult): readonly Step[] {
  const key = (measure: string, system: SystemName, round: number) => `${round} ${measure} ${system}`;
  const known = new Set(
    [...trials, ...failed].map(({ measure, system, round }) => key(measure, system, round)),
  );
  return plan.filter(({ measure, system, round }) => !known.has(key(measure.name, system, round)));
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
