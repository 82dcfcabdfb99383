/** Lets tests wait for a condition without asking the clock: it is looked at whenever something has happened. */
export class Signal {
  readonly #waiting = new Set<() => void>();

  /** Something has happened. */
  notify(): void {
    for (const look of this.#waiting) look();
  }

  /** Resolves when `condition` holds; rejects, naming `what`, if it does not within `timeoutMs`. */
  async until(what: string, condition: () => boolean, timeoutMs: number): Promise<void> {
    if (condition()) return;
    await new Promise<void>((resolve, reject) => {
      const timeout = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`not within ${timeoutMs} ms: ${what}`));
      }, timeoutMs);
      const look = (): void => {
        if (!condition()) return;
        clearTimeout(timeout);
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
    });
  }
}
