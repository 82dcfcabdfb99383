/** How values become heights, from 0 at the bottom to 1 at the top. */
export interface Scale {
  readonly ticks: readonly number[];
  readonly heightOf: (value: number) => number;
}

/** A value at a moment; null where there was none. */
export interface PlotPoint {
  readonly atMs: number;
  readonly value: number | null;
}

/** The drawing's own units; it is stretched to the room that there is. */
export const PLOT_WIDTH = 1_000;
export const PLOT_HEIGHT = 100;

/** Points further apart than this, in milliseconds, are not joined: nothing is known of the time between. */
const JOINED_WITHIN_MS = 5_000;
const STEPS = [1, 2, 5, 10];
/** Nothing is drawn as nothing, not as a hill. */
const LEAST_TOP = 4;

/** From 0 to a round number above the largest value, in two to four steps. */
export function linearScale(values: readonly number[]): Scale {
  const largest = Math.max(LEAST_TOP, ...values);
  const rough = largest / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  // Rounded up, so that a step of 1.000…1 is none.
  const step = power * (STEPS.find((one) => one * power >= rough * 0.999) ?? 10);
  const count = Math.ceil(largest / step - 1e-9);
  const top = count * step;
  return {
    ticks: Array.from({ length: count + 1 }, (_, at) => Number((at * step).toPrecision(12))),
    heightOf: (value) => value / top,
  };
}

/** From a power of ten below the smallest value to one above the largest: for latencies, of which the rare ones are a hundred times the usual. */
export function logScale(values: readonly number[]): Scale {
  const above = values.filter((value) => value > 0);
  const least = above.length === 0 ? 1 : Math.min(...above);
  const most = above.length === 0 ? 10 : Math.max(...above);
  const from = Math.floor(Math.log10(least) + 1e-9);
  const to = Math.max(from + 1, Math.ceil(Math.log10(most) - 1e-9));
  return {
    ticks: Array.from({ length: to - from + 1 }, (_, at) => Number((10 ** (from + at)).toPrecision(1))),
    heightOf: (value) => Math.max(0, (Math.log10(Math.max(value, 10 ** from)) - from) / (to - from)),
  };
}

/** The outline of points that end at `nowMs` and begin `spanMs` before, as an SVG path. */
export function linePath(
  points: readonly PlotPoint[],
  scale: Scale,
  { nowMs, spanMs }: { readonly nowMs: number; readonly spanMs: number },
): string {
  let path = '';
  let before: number | undefined;
  for (const { atMs, value } of points) {
    if (value === null) {
      before = undefined;
      continue;
    }
    const x = round((1 - (nowMs - atMs) / spanMs) * PLOT_WIDTH);
    const y = round((1 - scale.heightOf(value)) * PLOT_HEIGHT);
    const joined = before !== undefined && atMs - before <= JOINED_WITHIN_MS;
    // A point alone is a dot, for which a line needs a length.
    path += joined ? `L${x} ${y}` : `M${x} ${y}h.01`;
    before = atMs;
  }
  return path;
}

/** The one of some moments that is the nearest; undefined if none is. */
export function nearest<Moment extends { readonly atMs: number }>(
  moments: readonly Moment[],
  atMs: number,
): Moment | undefined {
  return moments.reduce<Moment | undefined>(
    (best, one) =>
      best === undefined || Math.abs(one.atMs - atMs) < Math.abs(best.atMs - atMs) ? one : best,
    undefined,
  );
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
