/**
 * How long commits take lately: what decides whether calls that wait behind one another go one by one or as one
 * atomic batch. Both keep the order; which is faster depends on the cluster. A batch costs one server 2.3 ms (it makes
 * a file store for it) where a single publish takes 0.15 ms; on three servers both cost one Raft round, 0.6 ms here,
 * more across zones. So it is measured, not configured.
 */
export interface Pace {
  /** One publish, from sending to its acknowledgement, smoothed. */
  readonly singleMs: number;
  /** An atomic batch, without its messages' own share, smoothed. */
  readonly batchMs: number;
}

export const PACE_AT_START: Pace = { singleMs: 0.5, batchMs: 2 };

/** A message's own share of a batch's time. */
const MESSAGE_MS = 0.02;
const SMOOTHING = 0.1;
/** What is not measured is forgotten at this rate each time it is passed over, so that it is tried again. */
const FORGETTING = 0.995;

/** Takes in how long an undisturbed commit of `messages` messages took. */
export function measured(pace: Pace, messages: number, tookMs: number): Pace {
  return messages === 1
    ? { ...pace, singleMs: smooth(pace.singleMs, tookMs) }
    : { ...pace, batchMs: smooth(pace.batchMs, Math.max(0, tookMs - messages * MESSAGE_MS)) };
}

/** A batch was passed over because it seemed slower. */
export function passedOver(pace: Pace): Pace {
  return { ...pace, batchMs: pace.batchMs * FORGETTING };
}

/** Whether `messages` messages commit sooner as one batch than one after the other. */
export function batchIsFaster(pace: Pace, messages: number): boolean {
  return pace.batchMs + messages * MESSAGE_MS < messages * pace.singleMs;
}

function smooth(before: number, now: number): number {
  return before + SMOOTHING * (now - before);
}
