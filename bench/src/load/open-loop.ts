import type { Arrivals } from './arrivals.ts';

/** Arrivals that are due within this time are sent together: waking for each would cost more than it tells. */
const TOGETHER_MS = 0.2;

/** The clock and the pause that the loop runs by. */
export interface Pace {
  now(): number;
  pause(ms: number): Promise<unknown>;
}

export interface OpenLoop {
  readonly arrivals: Arrivals;
  /** Its beginning and its end, as the clock tells. */
  readonly startMs: number;
  readonly endMs: number;
  /** Called for each arrival with the moment it was due, however late the call is. */
  readonly send: (dueMs: number) => void;
  /** Ends the loop early. */
  readonly signal?: AbortSignal;
}

/**
 * Calls `send` for every arrival at its time or, where this process was held up, as soon as it can: none is left out and none
 * moved, so that a latency measured from `dueMs` holds all waiting (no coordinated omission).
 */
export async function runOpenLoop(loop: OpenLoop, pace: Pace): Promise<void> {
  const { arrivals, startMs, endMs, send, signal } = loop;
  const lengthMs = endMs - startMs;
  const isOver = () => arrivals.nextMs >= lengthMs || signal?.aborted === true;
  while (!isOver()) {
    const elapsedMs = pace.now() - startMs;
    while (arrivals.nextMs <= elapsedMs && arrivals.nextMs < lengthMs) send(startMs + arrivals.take());
    await pace.pause(Math.max(TOGETHER_MS, arrivals.nextMs - (pace.now() - startMs)));
  }
}
