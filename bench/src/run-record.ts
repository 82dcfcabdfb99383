import type { Choice } from './plan.ts';
import type { BenchResult, FailedTrial, Machine, Trial } from './results/result.ts';

interface Circumstances {
  readonly commit: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
}

/** What a run has measured so far. */
export class RunRecord {
  readonly #choice: Choice;
  readonly #circumstances: Circumstances;
  readonly #startedMs = Date.now();
  readonly #trials: Trial[] = [];
  readonly #failed: FailedTrial[] = [];

  constructor(choice: Choice, circumstances: Circumstances) {
    this.#choice = choice;
    this.#circumstances = circumstances;
  }

  get elapsedMs(): number {
    return Date.now() - this.#startedMs;
  }

  get result(): BenchResult {
    const { scale, seed, rounds } = this.#choice;
    const { commit, machine, versions } = this.#circumstances;
    return {
      format: 1,
      startedAt: new Date(this.#startedMs).toISOString(),
      durationMs: this.elapsedMs,
      scale,
      seed,
      rounds,
      commit,
      machine,
      versions,
      trials: this.#trials,
      failed: this.#failed,
    };
  }

  add(trial: Trial | FailedTrial): void {
    if ('figures' in trial) this.#trials.push(trial);
    else this.#failed.push(trial);
  }
}
