import { SEQ_ZERO, type Epoch, type Seq } from '@longspan/protocol';
import type { Entry } from './entry.ts';
import type { Confirmed } from './feed.ts';

/** What a session needs to know of its feed and its log. */
export interface FeedView {
  readonly epoch: Epoch;
  /** The last event of the user that the edge knows of (`knownOf`). */
  readonly known: Seq;
  readonly confirmed: Confirmed;
  readonly keepPerUser: number;
  /** The feed's newest entries after a sequence, if it still has them (`Tail`). */
  tailAfter(seq: Seq): readonly Entry[] | undefined;
}

/** A barrier that was sent after the client came is past every position that exists. */
export function isRewound(claimed: Seq, feed: FeedView): boolean {
  return claimed >= feed.confirmed.barrier;
}

/**
 * The head. Where nothing is kept and something may have aged away, it is the barrier: a position from before would be
 * told a gap when its client comes back, and might be given again what some replica keeps a little longer.
 */
export function latestOf({ known, confirmed }: FeedView): Seq {
  return known === SEQ_ZERO && confirmed.ageFloor > SEQ_ZERO ? confirmed.barrier : known;
}

/**
 * The last event that a client may be behind: what pings tell. Where a round has found that all the feed knows of is
 * gone, a client that began after that has had none of it, and misses nothing.
 */
export function keptHeadOf({ known, confirmed }: FeedView): Seq {
  return confirmed.head < known && known < confirmed.barrier ? confirmed.head : known;
}
