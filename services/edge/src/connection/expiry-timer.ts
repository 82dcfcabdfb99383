/** Node's longest timer; a later moment is waited for in stretches. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Calls once when a moment of the wall clock has come; the moment can be moved. */
export class ExpiryTimer {
  readonly #onExpired: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(onExpired: () => void) {
    this.#onExpired = onExpired;
  }

  set(atMs: number): void {
    this.clear();
    const waitMs = Math.max(0, atMs - Date.now());
    this.#timer = setTimeout(
      () => (waitMs > TIMER_MS_MAX ? this.set(atMs) : this.#onExpired()),
      Math.min(waitMs, TIMER_MS_MAX),
    );
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
