import { median } from '@longspan/testkit';
import type { SystemName } from '../systems/system-names.ts';
import type { Figure, Trial } from './result.ts';

/** What the rounds came to. */
export interface Summary {
  readonly median: number;
  /** The lowest and the highest of the rounds: the spread. */
  readonly low: number;
  readonly high: number;
  readonly rounds: number;
}

/** One figure of one system over all rounds. */
export interface Series {
  readonly measure: string;
  readonly system: SystemName;
  readonly figure: string;
  readonly unit: string;
  readonly better: Figure['better'];
  /** Of a growth plot. */
  readonly x?: number;
  /** By round. */
  readonly values: ReadonlyMap<number, number>;
}

/** Throws a `RangeError` without values. */
export function summaryOf(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError('no values');
  return {
    median: median(values),
    low: Math.min(...values),
    high: Math.max(...values),
    rounds: values.length,
  };
}

/** All figures of the trials, each over its rounds, in the order in which they came first. */
export function seriesOf(trials: readonly Trial[]): readonly Series[] {
  const all = new Map<string, Series & { readonly values: Map<number, number> }>();
  for (const { measure, system, round, figures } of trials) {
    for (const { name, unit, better, value, x } of figures) {
      const key = [measure, system, name, x].join('\n');
      const known = all.get(key);
      const series = known ?? {
        measure,
        system,
        figure: name,
        unit,
        better,
        ...(x === undefined ? {} : { x }),
        values: new Map<number, number>(),
      };
      series.values.set(round, value);
      all.set(key, series);
    }
  }
  return [...all.values()];
}

/**
 * One to the other, round by round, since what the machine did meanwhile fell on both: the median of the ratios and their spread.
 * Undefined if they have no round in common, or where the other is 0.
 */
export function ratioOf(one: Series, other: Series): Summary | undefined {
  const ratios = [...one.values].flatMap(([round, value]) => {
    const beside = other.values.get(round);
    return beside === undefined || beside === 0 ? [] : [value / beside];
  });
  return ratios.length === 0 ? undefined : summaryOf(ratios);
}
