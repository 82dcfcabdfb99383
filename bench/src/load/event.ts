import type { CloudEvent } from '@longspan/protocol';

/** What each event of the benchmark carries, in every system. */
interface BenchData {
  /** Counts the events of this user, from 1. */
  readonly n: number;
  /** When it was to be published by the schedule, as `now` tells. */
  readonly due: number;
  readonly pad: string;
}

export type BenchEvent = CloudEvent<BenchData>;

const SOURCE = '/bench';
const TYPE = 'tick';
/** `{"n":,"due":,"pad":""}` */
const DATA_FRAME_BYTES = 22;
/** Microseconds are enough, and keep the text short. */
const DUE_DECIMALS = 1_000;

/**
 * The user's `n`th event, due at that moment.
 * @param dataBytes the length of its data as JSON; data that is longer by its numbers alone gets no padding
 */
export function benchEvent(user: string, n: number, dueMs: number, dataBytes: number): BenchEvent {
  const due = Math.round(dueMs * DUE_DECIMALS) / DUE_DECIMALS;
  const padBytes = Math.max(0, dataBytes - DATA_FRAME_BYTES - String(n).length - String(due).length);
  return {
    specversion: '1.0',
    id: `${user}-${n}`,
    source: SOURCE,
    type: TYPE,
    data: { n, due, pad: 'x'.repeat(padBytes) },
  };
}

/** The name of the benchmark's user of this number. */
export function userName(index: number): string {
  return `user-${index}`;
}
