import type { Random } from '../random.ts';

/**
 * Changes single bits of a stream of bytes. Which ones follows from the seed and the rate alone, not from how the
 * stream is cut into pieces.
 */
export class Corruption {
  readonly #random: Random;
  #rate = 0;
  /** How many bytes pass unharmed before the next one that does not. */
  #spared = Number.POSITIVE_INFINITY;
  #corrupted = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** How many bytes it has changed. */
  get corrupted(): number {
    return this.#corrupted;
  }

  /**
   * The bytes as they arrive: a copy if any is changed.
   * @param rate the probability that a byte is.
   */
  apply(bytes: Buffer, rate: number): Buffer {
    if (rate !== this.#rate) {
      this.#rate = rate;
      this.#spared = this.#nextSpared();
    }
    if (this.#spared >= bytes.length) {
      this.#spared -= bytes.length;
      return bytes;
    }
    const changed = Buffer.from(bytes);
    let at = this.#spared;
    while (at < changed.length) {
      changed[at] = (changed[at] ?? 0) ^ (1 << this.#random.below(8));
      this.#corrupted += 1;
      at += 1 + this.#nextSpared();
    }
    this.#spared = at - changed.length;
    return changed;
  }

  /** The run of unharmed bytes between two harmed ones is distributed geometrically. */
  #nextSpared(): number {
    if (this.#rate <= 0) return Number.POSITIVE_INFINITY;
    if (this.#rate >= 1) return 0;
    return Math.floor(Math.log(1 - this.#random.next()) / Math.log(1 - this.#rate));
  }
}
