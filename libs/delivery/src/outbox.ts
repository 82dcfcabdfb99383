import { entryBytes, type Entry } from './entry.ts';
import type { Seq } from '@longspan/protocol';

/** The limits of one socket's outbox, in bytes that wait to leave the process. */
export interface OutboxLimits {
  /** Past this the session lags: it takes nothing live until the socket has drained (G8). */
  readonly bytesMax: number;
  /** Down to this the socket counts as drained. */
  readonly bytesLow: number;
}

export type Verdict = 'taken' | 'full';

export interface Offer {
  readonly taken: readonly Entry[];
  readonly verdict: Verdict;
}

/**
 * Takes as many of the entries, in order, as there is room for. An empty outbox takes at least one, so that an entry
 * larger than the room cannot stop a session for ever. It neither throws nor waits: the verdict is the backpressure.
 * Entries up to `after` are passed over: the session has had them.
 */
export function offer(
  entries: readonly Entry[],
  after: Seq,
  waitingBytes: number,
  limits: OutboxLimits,
): Offer {
  let bytes = waitingBytes;
  let start = 0;
  while (start < entries.length && (entries[start]?.seq ?? 0) <= after) start++;
  let end = start;
  for (const entry of start === 0 ? entries : entries.slice(start)) {
    if (bytes > 0 && bytes + entryBytes(entry) > limits.bytesMax) break;
    bytes += entryBytes(entry);
    end++;
  }
  const whole = start === 0 && end === entries.length;
  return {
    taken: whole ? entries : entries.slice(start, end),
    verdict: end === entries.length ? 'taken' : 'full',
  };
}
