import type { Seq } from '@longspan/protocol';

/**
 * An event on its way to sockets. No event of its user lies between `prev` and `seq`. The payload's bytes are the
 * publisher's, never parsed and never encoded anew.
 */
export interface Entry {
  readonly seq: Seq;
  readonly prev: Seq;
  readonly payload: Uint8Array;
  /** When it was published, in milliseconds since the Unix epoch, for whoever measures the way. */
  readonly publishedMs: number;
  /** The W3C `traceparent` of its creation, if its trace is kept, for whoever follows it. */
  readonly trace?: string | undefined;
}

/** `live`: the feed handed it on, found late or not. `replayed`: the session read it for itself, catching up. */
export type DeliveryWay = 'live' | 'replayed';

/** What an entry's frame adds to its payload, at most: the numbers and the JSON around them. */
export const ENTRY_OVERHEAD_BYTES = 64;

export function entryBytes(entry: Entry): number {
  return entry.payload.length + ENTRY_OVERHEAD_BYTES;
}
