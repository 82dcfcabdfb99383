const RETRY_MS = 1_000;

/** Something that is asked for again and again, for whoever wants to know it at any time. */
export class Polled<Value> implements Disposable {
  readonly #ask: () => Promise<Value>;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  #latest: Value | undefined;
  #disposed = false;

  constructor(ask: () => Promise<Value>, everyMs: number) {
    this.#ask = ask;
    this.#everyMs = everyMs;
    void this.#poll();
  }

  /** The latest answer; undefined before the first, and while none can be had: an old one would be a lie. */
  get latest(): Value | undefined {
    return this.#latest;
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#latest = undefined;
    clearTimeout(this.#timer);
  }

  async #poll(): Promise<void> {
    const answer = await this.#ask().catch(() => undefined);
    if (this.#disposed) return;
    this.#latest = answer;
    this.#timer = setTimeout(() => void this.#poll(), answer === undefined ? RETRY_MS : this.#everyMs);
    this.#timer.unref();
  }
}
