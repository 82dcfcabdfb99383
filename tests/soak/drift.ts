/** A reading: when, in milliseconds of any clock, and what. */
export type Reading = readonly [atMs: number, value: number];

/**
 * By how much the readings grew from the first to the last, by the straight line that fits them best: what comes and
 * goes, as garbage does, cancels out, and what stays adds up. 0 for fewer than three readings.
 */
export function drift(readings: readonly Reading[]): number {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined || readings.length < 3) return 0;
  const meanAt = mean(readings.map(([at]) => at));
  const meanValue = mean(readings.map(([, value]) => value));
  let [covariance, variance] = [0, 0];
  for (const [at, value] of readings) {
    covariance += (at - meanAt) * (value - meanValue);
    variance += (at - meanAt) ** 2;
  }
  return variance === 0 ? 0 : (covariance / variance) * (last[0] - first[0]);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
