/** While the page is hidden no frames are drawn; what arrives is then taken in this often, in milliseconds. */
const HIDDEN_INTERVAL_MS = 250;

/**
 * Collects items and hands them over together, once before each frame: a thousand events cost one render. In a hidden
 * page, where no frames come, a timer takes over so that nothing piles up.
 */
export class FrameBatch<Item> {
  readonly #flush: (items: readonly Item[]) => void;
  #items: Item[] = [];
  #cancel: (() => void) | undefined;

  constructor(flush: (items: readonly Item[]) => void) {
    this.#flush = flush;
  }

  add(item: Item): void {
    this.#items.push(item);
    if (this.#cancel === undefined) this.#schedule();
  }

  /** Drops what was not handed over yet. */
  clear(): void {
    this.#items = [];
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(): void {
    // Both are armed: a page that is hidden between two frames gets no further frame.
    const frame = requestAnimationFrame(() => this.#run());
    const timer = setTimeout(() => this.#run(), HIDDEN_INTERVAL_MS);
    this.#cancel = () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
    };
  }

  #run(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const items = this.#items;
    this.#items = [];
    this.#flush(items);
  }
}
