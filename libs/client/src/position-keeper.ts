import { formatPosition, parsePosition, type Position } from '@longspan/protocol';
import type { EventBuffer } from './event-buffer.ts';
import { clientError, type LongspanError } from './longspan-error.ts';
import type { PositionStore } from './position-store.ts';

interface Mark {
  readonly ordinal: number;
  readonly user: string;
  readonly position: Position;
}

/**
 * Saves positions, in order, and only what has been handled: by the handlers, which have returned when `moved` is
 * called, and by every `for await` loop.
 */
export class PositionKeeper {
  readonly #store: PositionStore;
  readonly #buffers: ReadonlySet<EventBuffer>;
  readonly #report: (error: LongspanError) => void;
  /** The write under way, of a store that takes its time, and the newest position that waits for its end. */
  #writing: Promise<void> | undefined;
  #next: Mark | undefined;
  /** Positions that are not saved yet, oldest first: some loop is still busy with an event at or before them. */
  #marks: Mark[] = [];
  #ordinal = 0;

  constructor(
    store: PositionStore,
    buffers: ReadonlySet<EventBuffer>,
    report: (error: LongspanError) => void,
  ) {
    this.#store = store;
    this.#buffers = buffers;
    this.#report = report;
  }

  /** The ordinal that the next `moved` will have. */
  get nextOrdinal(): number {
    return this.#ordinal + 1;
  }

  async load(user: string): Promise<Position | undefined> {
    try {
      const text = await this.#store.load(user);
      return text === undefined ? undefined : parsePosition(text);
    } catch (cause) {
      throw clientError('store_failed', 'load', cause);
    }
  }

  /** The position moved, past an event or a gap. */
  moved(user: string, position: Position): void {
    this.#ordinal += 1;
    if (this.#buffers.size === 0 && this.#marks.length === 0)
      return this.#save({ ordinal: this.#ordinal, user, position });
    this.#marks.push({ ordinal: this.#ordinal, user, position });
    this.saveHandled();
  }

  /** Saves the last position before which everything is handled, if it is a new one. */
  saveHandled(): void {
    const firstUnhandled = Math.min(...[...this.#buffers].map((buffer) => buffer.firstUnhandled ?? Infinity));
    const index = this.#marks.findLastIndex((mark) => mark.ordinal < firstUnhandled);
    const mark = this.#marks[index];
    if (mark === undefined) return;
    this.#marks = this.#marks.slice(index + 1);
    this.#save(mark);
  }

  /** Writes what waits or is held back, at once: the page may be about to end. */
  flush(): void {
    const next = this.#next;
    this.#next = undefined;
    try {
      if (next !== undefined) this.#write(next);
      this.#store.flush?.();
    } catch (cause) {
      this.#report(clientError('store_failed', 'flush', cause));
    }
  }

  /** Resolves when everything is written. */
  async settled(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  /** A slow store gets one position at a time, and of those that pile up meanwhile the newest. */
  #save(mark: Mark): void {
    if (this.#writing !== undefined) this.#next = mark;
    else this.#write(mark);
  }

  #write(mark: Mark): void {
    try {
      const writing = this.#store.save(mark.user, formatPosition(mark.position));
      if (writing === undefined) return;
      const watched: Promise<void> = writing
        .catch((cause: unknown) => this.#report(clientError('store_failed', 'save', cause)))
        .then(() => this.#written(watched));
      this.#writing = watched;
    } catch (cause) {
      this.#report(clientError('store_failed', 'save', cause));
    }
  }

  #written(watched: Promise<void>): void {
    if (this.#writing !== watched) return;
    this.#writing = undefined;
    const next = this.#next;
    this.#next = undefined;
    if (next !== undefined) this.#write(next);
  }
}
