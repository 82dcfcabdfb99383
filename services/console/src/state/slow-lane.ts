/**
 * What stands between the client's callbacks and the page while one "reads slowly": a queue that keeps the order. A
 * browser cannot stop reading a WebSocket, so what is slow is the page, and the queue is the page's own; the socket
 * goes on being read. The edge's handling of a reader that stops reading is another thing, and not shown by this.
 */
export class SlowLane<Item> {
  readonly #pass: (item: Item) => void;
  #slow = false;
  #waiting: Item[] = [];

  /** @param pass gets every item, once, in the order in which they were offered. */
  constructor(pass: (item: Item) => void) {
    this.#pass = pass;
  }

  /** Whether items are queued. */
  get slow(): boolean {
    return this.#slow;
  }

  /** How many items wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Passes the item on at once, or, while slow, queues it. */
  offer(item: Item): void {
    if (this.#slow) this.#waiting.push(item);
    else this.#pass(item);
  }

  /** Passes on the item that has waited longest. */
  next(): void {
    const item = this.#waiting.shift();
    if (item !== undefined) this.#pass(item);
  }

  /** Turns slowness on or off; off passes on all that waits. */
  setSlow(slow: boolean): void {
    this.#slow = slow;
    if (slow) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const item of waiting) this.#pass(item);
  }
}
