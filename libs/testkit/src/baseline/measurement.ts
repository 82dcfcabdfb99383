/** One round: what was measured, and beside it, within the same moments, what the machine itself can do. */
export interface Round {
  readonly value: number;
  readonly calibration: number;
}

/** A measurement of the product by rounds that alternate with those of its calibration. */
export interface Measurement {
  readonly name: string;
  /** Of the value: `events/s`, `ms`, `KiB`. */
  readonly unit: string;
  /** What the calibration is: `raw JetStream publishes/s`. */
  readonly beside: string;
  readonly better: 'more' | 'less';
  readonly rounds: readonly Round[];
}

/** What the rounds come to. */
export interface Ratio {
  /** The median of the rounds' values. */
  readonly value: number;
  /** The median of the rounds' ratios of value to calibration: what can be compared across machines and days. */
  readonly ratio: number;
  /** How far the rounds' ratios lie from their median, at the median: 0.1 is 10 %. */
  readonly noise: number;
}

/** Throws a `RangeError` without rounds, or if one is not a positive number. */
export function ratioOf({ name, rounds }: Measurement): Ratio {
  const ratios = rounds.map(({ value, calibration }) => value / calibration);
  if (ratios.length === 0 || !ratios.every((one) => one > 0 && Number.isFinite(one))) {
    throw new RangeError(`${name}: the rounds give no ratio: ${ratios.join(', ')}`);
  }
  const ratio = median(ratios);
  return {
    value: median(rounds.map(({ value }) => value)),
    ratio,
    noise: median(ratios.map((one) => Math.abs(one / ratio - 1))),
  };
}

/** The value in the middle, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const [below = Number.NaN, above = Number.NaN] = [
    sorted[Math.ceil(middle) - 1],
    sorted[Math.floor(middle)],
  ];
  return (below + above) / 2;
}
