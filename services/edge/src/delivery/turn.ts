/**
 * Work to be done once at the end of this turn of the event loop, so that all that is due to a socket in one turn
 * leaves in one frame and one write.
 */
export class Turn {
  readonly #due = new Set<() => void>();

  /** Runs `work` at the end of the turn, once, however often it is asked for. */
  end(work: () => void): void {
    if (this.#due.size === 0) setImmediate(() => this.#run());
    this.#due.add(work);
  }

  #run(): void {
    const due = [...this.#due];
    this.#due.clear();
    for (const work of due) work();
  }
}
