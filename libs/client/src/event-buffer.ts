import type { CloudEvent } from '@longspan/protocol';
import type { EventMeta } from './event-map.ts';

export interface Delivered {
  readonly event: CloudEvent;
  readonly meta: EventMeta;
}

interface BufferedEvent {
  readonly delivered: Delivered;
  /** Its place in the order of everything that was delivered to this client. */
  readonly ordinal: number;
}

/** Events that one async iterator may hold before the client stops reading (and the log keeps the rest). */
export const ITERATOR_EVENTS_MAX = 1_000;

/** How an iterator ends: the loop is left, or the client was closed for a reason that is an error. */
type End = { readonly kind: 'done' } | { readonly kind: 'failed'; readonly cause: Error };

/**
 * The events between the client and one `for await` loop. An event counts as handled when the loop asks for the next
 * one; until then the stored position stays before it.
 */
export class EventBuffer implements AsyncIterableIterator<Delivered, undefined> {
  readonly #events: BufferedEvent[] = [];
  readonly #changed: () => void;
  readonly #left: () => void;
  #inHand: BufferedEvent | undefined;
  #end: End | undefined;
  /** Calls of `next` that wait; a `for await` loop has one at most. */
  readonly #waiting: (() => void)[] = [];

  /** @param changed something was handled. @param left the loop will take no more. */
  constructor(changed: () => void, left: () => void) {
    this.#changed = changed;
    this.#left = left;
  }

  get size(): number {
    return this.#events.length;
  }

  /** The ordinal of the first event that is not handled yet; undefined if all are. */
  get firstUnhandled(): number | undefined {
    return (this.#inHand ?? this.#events[0])?.ordinal;
  }

  push(delivered: Delivered, ordinal: number): void {
    if (this.#end !== undefined) return;
    this.#events.push({ delivered, ordinal });
    this.#wake();
  }

  /** Ends the loop: at once when done, after the events that are here when failed. */
  end(end: End): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    if (end.kind === 'done') this.#events.length = 0;
    this.#wake();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Delivered, undefined>> {
    this.#inHand = undefined;
    this.#changed();
    for (;;) {
      const first = this.#events.shift();
      if (first !== undefined) {
        this.#inHand = first;
        this.#changed();
        return { done: false, value: first.delivered };
      }
      if (this.#end !== undefined) return this.#finish(this.#end);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  return(): Promise<IteratorResult<Delivered, undefined>> {
    this.#inHand = undefined;
    this.end({ kind: 'done' });
    this.#left();
    return Promise.resolve({ done: true, value: undefined });
  }

  #wake(): void {
    for (const resume of this.#waiting.splice(0)) resume();
  }

  #finish(end: End): IteratorResult<Delivered, undefined> {
    this.#left();
    if (end.kind === 'done') return { done: true, value: undefined };
    this.#end = { kind: 'done' };
    throw end.cause;
  }
}
