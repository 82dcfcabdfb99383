import { monitorEventLoopDelay } from 'node:perf_hooks';

const RESOLUTION_MS = 10;
const NANOS_PER_MS = 1_000_000;

/** How late this thread's event loop has come to its timers, in milliseconds. */
export interface LoopDelay {
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Measures this thread's event loop from now on; the result ends it and tells. */
export function measureLoopDelay(): () => LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return () => {
    histogram.disable();
    // What is recorded is the time between two ticks of a timer: its period is no delay.
    const ms = (nanos: number) => Math.max(0, nanos / NANOS_PER_MS - RESOLUTION_MS);
    return histogram.count === 0
      ? { p99Ms: 0, maxMs: 0 }
      : { p99Ms: ms(histogram.percentile(99)), maxMs: ms(histogram.max) };
  };
}
