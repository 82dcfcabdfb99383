/**
 * How long commits take lately: what decides whether calls that wait behind one another go one by one or as one
 * atomic batch. Both keep the order; which is faster depends on the cluster. A batch costs one server 2.3 ms (it makes
 * a file store for it) where a single publish takes 0.15 ms; on three servers both cost one Raft round, 0.6 ms on one
 * machine, more across zones. So it is measured, not configured.
 */
export interface Pace {
  /** One publish, from sending to its acknowledgement, smoothed. */
  readonly singleMs: number;
  /** An atomic batch, without its messages' own share, smoothed. */
  readonly batchMs: number;
  /** When a batch was last tried. What is not tried loses weight, so that it is tried again. */
  readonly batchTriedAtMs: number;
}

export const PACE_AT_START: Pace = { singleMs: 0.5, batchMs: 2, batchTriedAtMs: 0 };

/** A message's own share of a batch's time. */
const MESSAGE_MS = 0.02;
const SMOOTHING = 0.1;
/** After this long without a batch its time is taken for half of what it was. */
const HALF_LIFE_MS = 5_000;

/** Takes in how long an undisturbed commit of `messages` messages took. */
export function measured(pace: Pace, messages: number, tookMs: number): Pace {
  return messages === 1
    ? { ...pace, singleMs: smooth(pace.singleMs, tookMs) }
    : { ...pace, batchMs: smooth(pace.batchMs, Math.max(0, tookMs - messages * MESSAGE_MS)) };
}

/** A batch sets out: until its time is known, only what is known already counts for the others. */
export function batchTried(pace: Pace, nowMs: number): Pace {
  return { ...pace, batchTriedAtMs: nowMs };
}

/** Whether `messages` messages commit sooner as one batch than one after the other. */
export function batchIsFaster(pace: Pace, messages: number, nowMs: number): boolean {
  const weight = 0.5 ** ((nowMs - pace.batchTriedAtMs) / HALF_LIFE_MS);
  return pace.batchMs * weight + messages * MESSAGE_MS < messages * pace.singleMs;
}

function smooth(before: number, now: number): number {
  return before + SMOOTHING * (now - before);
}
