import type { Page } from '@longspan/broker';
import { SEQ_ZERO, type Seq } from '@longspan/protocol';
import type { Entry } from './entry.ts';

/** What a page proves to a reader who has had everything up to `after`. */
export interface Stretch {
  /** The events after `after` that are certainly without a hole among themselves. */
  readonly entries: readonly Entry[];
  /** True if events between `after` and the first entry (or the page's end) may have been discarded. */
  readonly missing: boolean;
}

/**
 * Decides what a page proves (G2), while events are discarded at the old end, perhaps during the very read.
 *
 * The log keeps at most `keepPerUser` events of a user and discards the oldest first. `page.remaining` was counted
 * when the replica had read the whole page. Were a hole inside or before the page, everything up to the hole would
 * be discarded and the user's kept events would be exactly the `keepPerUser` newest, all after it. So:
 *
 * - of the page's events, only the newest `keepPerUser - remaining` were certainly still kept at the end of the read,
 *   and those have no hole among them: the ones before are left out;
 * - fewer than `keepPerUser` events from the page's first on mean that nothing after it was ever discarded;
 * - if the event at `after` itself is in the page and was kept to the end, nothing after it is gone.
 *
 * Age discards in order, too, and never above `page.ageFloor`. Should it take the first event of a page just after it was
 * read, and its neighbour just before that would have been, the hole is not seen: that takes a reader whose position
 * is as old as events get, and two expiries between two steps of one read.
 */
export function contiguous(page: Page, after: Seq, keepPerUser: number): Stretch {
  const { events, remaining, ageFloor } = page;
  const held = events.length + remaining;
  const uncertain = Math.min(events.length, Math.max(0, held - keepPerUser));
  const anchored = after > SEQ_ZERO && events[0]?.seq === after && uncertain === 0;
  const certain = events.slice(uncertain).filter(({ seq }) => seq > after);
  const [first] = certain;
  // Between two neighbouring sequences there is nothing that could be missing.
  const adjacent = first !== undefined && first.seq === after + 1;
  const missing = !anchored && !adjacent && (held >= keepPerUser || after < ageFloor);

  // After a hole, the first entry follows the position that the gap moves its reader to: the one just before it.
  let prev = first !== undefined && missing ? ((first.seq - 1) as Seq) : after;
  const entries: Entry[] = [];
  for (const { seq, payload, publishedMs, trace } of certain) {
    entries.push({ seq, prev, payload, publishedMs, trace });
    prev = seq;
  }
  return { entries, missing };
}
