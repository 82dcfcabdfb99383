import type { Scheduler } from './scheduler.ts';

/**
 * Work to be done once at the end of this turn of the event loop, so that all that is due to a socket in one turn
 * leaves in one frame and one write.
 */
export class Turn {
  readonly #scheduler: Scheduler;
  readonly #due = new Set<() => void>();
  readonly #run = () => this.#runAll();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Runs `work` at the end of the turn, once, however often it is asked for. */
  end(work: () => void): void {
    if (this.#due.size === 0) this.#scheduler.endOfTurn(this.#run);
    this.#due.add(work);
  }

  #runAll(): void {
    const due = [...this.#due];
    this.#due.clear();
    for (const work of due) work();
  }
}
