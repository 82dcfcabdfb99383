import type { Random } from '../random.ts';

/** A process of the simulation. What it still had to do when it died never happens. */
export interface Process {
  alive: boolean;
}

/** Something that is due at a time, in milliseconds of the simulated clock; `Infinity` is never. */
export interface Timer {
  at: number;
  readonly process: Process;
  readonly work: () => void;
}

/**
 * The time of the simulation. It passes only when a timer fires. Timers of one process fire in the order in which they
 * are due; across processes any order may happen, for a process may be slow or stopped for a while.
 */
export class SimulatedClock {
  /** Milliseconds since the Unix epoch, as clients count them. */
  now = 1_000_000;
  readonly #timers: Timer[] = [];

  /** Sets a timer for good; its owner moves `at`. */
  set(timer: Timer): void {
    this.#timers.push(timer);
  }

  /** Runs `work` once, after `ms` milliseconds. */
  after(process: Process, ms: number, work: () => void): Disposable {
    const timer: Timer = {
      at: this.now + ms,
      process,
      work: () => {
        timer.at = Infinity;
        work();
      },
    };
    this.#timers.push(timer);
    return { [Symbol.dispose]: () => void (timer.at = Infinity) };
  }

  /** Fires the first timer of all, or sometimes that of a process whose time runs ahead; false if none is set. */
  fireSome(random: Random): boolean {
    const timer = random.chance(0.85) ? this.#first() : this.#first(this.#processOfSome(random));
    return this.#fire(timer);
  }

  /** Fires the first timer of all; false if none is set. */
  fireFirst(): boolean {
    return this.#fire(this.#first());
  }

  #fire(timer: Timer | undefined): boolean {
    if (timer === undefined) return false;
    this.now = Math.max(this.now, timer.at);
    timer.work();
    return true;
  }

  #processOfSome(random: Random): Process | undefined {
    return this.#timers.length === 0 ? undefined : random.pick(this.#timers).process;
  }

  #first(process?: Process): Timer | undefined {
    let first: Timer | undefined;
    for (let index = this.#timers.length - 1; index >= 0; index--) {
      const timer = this.#timers[index];
      if (timer === undefined) continue;
      if (!timer.process.alive) this.#timers.splice(index, 1);
      else if (timer.at < (first?.at ?? Infinity) && (process === undefined || timer.process === process))
        first = timer;
    }
    return first;
  }
}
