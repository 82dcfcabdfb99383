import type { Choice } from './plan.ts';
import type { BenchResult, FailedTrial, Machine, Trial } from './results/result.ts';

interface Circumstances {
  readonly commit: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
}

/** What a run has measured so far, before it was interrupted as well. */
export class RunRecord {
  readonly #choice: Choice;
  readonly #circumstances: Circumstances;
  readonly #startedMs = Date.now();
  readonly #earlier: BenchResult | undefined;
  readonly #trials: Trial[];
  readonly #failed: FailedTrial[];

  /** @param earlier the part of it before it was interrupted */
  constructor(choice: Choice, circumstances: Circumstances, earlier?: BenchResult) {
    this.#choice = choice;
    this.#circumstances = circumstances;
    this.#earlier = earlier;
    this.#trials = [...(earlier?.trials ?? [])];
    this.#failed = [...(earlier?.failed ?? [])];
  }

  /** Since it was begun, or gone on with. */
  get elapsedMs(): number {
    return Date.now() - this.#startedMs;
  }

  get result(): BenchResult {
    const { scale, seed, rounds } = this.#choice;
    const { commit, machine, versions } = this.#circumstances;
    return {
      format: 1,
      startedAt: this.#earlier?.startedAt ?? new Date(this.#startedMs).toISOString(),
      durationMs: (this.#earlier?.durationMs ?? 0) + this.elapsedMs,
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
