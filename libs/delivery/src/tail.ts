import { entryBytes, type Entry } from './entry.ts';
import type { Seq } from '@longspan/protocol';

/** What a tail may hold, in bytes. A session that is farther behind goes on reading the stream. */
export const TAIL_BYTES_MAX = 512 * 1024;

/**
 * The newest entries of a feed, kept while some session of it is catching up: what a session has not read from the
 * stream when it comes near the live end, it gets from here, so that even a fast stream is caught up with.
 */
export class Tail {
  #entries: Entry[] = [];
  #bytes = 0;

  /** Entries that do not follow what is held, after a gap or a rewind, replace it: a tail has no hole inside. */
  push(entries: readonly Entry[]): void {
    for (const entry of entries) {
      const last = this.#entries.at(-1);
      // Across a gap the tail begins anew: nobody may be led past it unawares.
      if (last !== undefined && (entry.prev > last.seq || entry.seq <= last.seq)) this.clear();
      this.#entries.push(entry);
      this.#bytes += entryBytes(entry);
    }
    let drop = 0;
    while (this.#bytes > TAIL_BYTES_MAX && drop < this.#entries.length) {
      const entry = this.#entries[drop++];
      if (entry !== undefined) this.#bytes -= entryBytes(entry);
    }
    if (drop > 0) this.#entries = this.#entries.slice(drop);
  }

  /** The entries after `seq`, without a hole; undefined if the tail does not reach back that far. */
  after(seq: Seq): readonly Entry[] | undefined {
    const first = this.#entries[0];
    if (first === undefined || first.prev > seq) return undefined;
    return this.#entries.filter((entry) => entry.seq > seq);
  }

  clear(): void {
    this.#entries = [];
    this.#bytes = 0;
  }
}
