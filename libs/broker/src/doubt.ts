import { BrokerError } from './errors.ts';

/** After a look that brought no answer, in milliseconds. */
const AGAIN_AFTER_MS = 100;

export interface DoubtParts {
  /** Asks for the stream's state and tells a change; rejects if there is no answer. */
  readonly look: () => Promise<unknown>;
  readonly pause: (ms: number) => Promise<void>;
  /** Resolves when an answer has taken so long that there can be no quorum. */
  readonly patience: () => Promise<void>;
}

/**
 * The doubt whether a stream is still the one that it was: it may have been made anew while nobody was connected, or
 * its leader says that it was created. Until somebody has looked, its events and answers must not pass for the old
 * stream's. Without a quorum nobody answers; then reads, which need none, are not held up for longer than patience.
 */
export class Doubt {
  readonly #parts: DoubtParts;
  #raised = 0;
  #looking: Promise<void> | undefined;
  #holding: Promise<void> | undefined;

  constructor(parts: DoubtParts) {
    this.#parts = parts;
  }

  /** Whether it is still not known if the stream is the same. */
  get exists(): boolean {
    return this.#looking !== undefined;
  }

  /** While this is there nothing is to be asked of the stream; it ends with the doubt or with patience. */
  get holding(): Promise<void> | undefined {
    return this.#holding;
  }

  /**
   * Asks the stream when there is no doubt, and does not believe an answer over which doubt has arisen: it rejects with
   * `stale`.
   */
  async certain<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    if (this.#holding !== undefined) await this.#holding;
    const raised = this.#raised;
    const answer = await ask();
    if (this.#raised === raised) return answer;
    throw new BrokerError('stale', 'the stream may have been made anew meanwhile');
  }

  /** Looks, and goes on looking until there is an answer that was asked for after this call. */
  raise(): void {
    this.#raised++;
    this.#looking ??= this.#resolve();
    this.#holding ??= this.#hold(this.#looking);
  }

  async #resolve(): Promise<void> {
    for (let looked = -1; looked !== this.#raised;) {
      const raised = this.#raised;
      try {
        await this.#parts.look();
        looked = raised;
      } catch {
        await this.#parts.pause(AGAIN_AFTER_MS);
      }
    }
    this.#looking = undefined;
  }

  async #hold(looking: Promise<void>): Promise<void> {
    await Promise.race([looking, this.#parts.patience()]);
    this.#holding = undefined;
  }
}
