import { Random } from '@longspan/testkit';

const MS_PER_SECOND = 1_000;

/**
 * When events are due in an open loop: a Poisson process of this rate. The same seed gives the same arrivals. What the system does
 * has no influence: that is what makes the loop open.
 */
export class Arrivals {
  readonly #random: Random;
  readonly #meanGapMs: number;
  #nextMs = 0;

  constructor(ratePerSecond: number, seed: number) {
    if (!(ratePerSecond > 0)) throw new RangeError(`a rate of ${ratePerSecond} a second`);
    this.#random = new Random(seed);
    this.#meanGapMs = MS_PER_SECOND / ratePerSecond;
    this.#advance();
  }

  /** Milliseconds from the beginning to the next arrival that was not taken yet. */
  get nextMs(): number {
    return this.#nextMs;
  }

  /** Takes the next arrival. */
  take(): number {
    const dueMs = this.nextMs;
    this.#advance();
    return dueMs;
  }

  #advance(): void {
    this.#nextMs -= Math.log(1 - this.#random.next()) * this.#meanGapMs;
  }
}
