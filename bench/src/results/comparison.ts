import type { BenchResult } from './result.ts';
import { seriesOf, summaryOf, type Series, type Summary } from './statistics.ts';

export type Change = 'better' | 'worse' | 'within the noise' | 'too few rounds' | 'only now' | 'only then';

export interface Compared {
  readonly series: Series;
  readonly before: Summary | undefined;
  readonly now: Summary | undefined;
  /** Now to then, of the medians. */
  readonly ratio: number | undefined;
  readonly change: Change;
}

/** What is less than this is no change, however quiet the machine was. */
const LEAST_CHANGE = 0.03;
/** Of two runs that are alike, the rounds do not overlap by chance once in 3 comparisons with 2 rounds each, in 10 with 3, in 126 with 5. */
const ROUNDS_MIN = 3;

/**
 * Compares two runs figure by figure. A change is one only where the rounds of the two do not overlap: what a repetition of the
 * same run could have shown is noise.
 */
export function compareResults(then: BenchResult, now: BenchResult): readonly Compared[] {
  const before = new Map(seriesOf(then.trials).map((series) => [keyOf(series), series]));
  const after = new Map(seriesOf(now.trials).map((series) => [keyOf(series), series]));
  return [...new Map([...before, ...after])].map(([key, series]) => {
    const [earlier, later] = [before.get(key), after.get(key)].map(
      (one) => one && summaryOf([...one.values.values()]),
    );
    return {
      series,
      before: earlier,
      now: later,
      ratio: earlier && later && earlier.median !== 0 ? later.median / earlier.median : undefined,
      change: changeOf(series, earlier, later),
    };
  });
}

/** Why the two should not be compared as they stand; empty if they may. */
export function caveats(then: BenchResult, now: BenchResult): readonly string[] {
  const machineOf = ({ machine }: BenchResult) => `${machine.cores} × ${machine.cpu}, ${machine.os}`;
  const pairs = [
    ['machine', machineOf(then), machineOf(now)],
    ['scale', then.scale, now.scale],
    ...Object.keys({ ...then.versions, ...now.versions }).map(
      (name) => [name, then.versions[name], now.versions[name]] as const,
    ),
  ] as const;
  return pairs
    .filter(([, before, after]) => before !== after)
    .map(([name, before, after]) => `${name}: ${before ?? 'none'} then, ${after ?? 'none'} now`);
}

function changeOf({ better }: Series, then: Summary | undefined, now: Summary | undefined): Change {
  if (then === undefined) return 'only now';
  if (now === undefined) return 'only then';
  if (Math.min(then.rounds, now.rounds) < ROUNDS_MIN) return 'too few rounds';
  const overlap = now.low <= then.high && then.low <= now.high;
  if (overlap || Math.abs(now.median / then.median - 1) < LEAST_CHANGE) return 'within the noise';
  return now.median > then.median === (better === 'more') ? 'better' : 'worse';
}

function keyOf({ measure, system, figure, x }: Series): string {
  return [measure, system, figure, x].join('\n');
}
