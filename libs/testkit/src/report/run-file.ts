import type { Scale } from '../scale.ts';

/** What a run of the validation was run on. */
export interface Machine {
  readonly os: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly natsServer: string;
  /** Where clusters of NATS servers ran: in containers or, without Docker, as processes. */
  readonly clusters: 'containers' | 'processes';
}

/** How a suite ended: `killed` at its time limit; `crashed` before it could report; `interrupted` by whoever ran it. */
export type StepEnd = 'ended' | 'killed' | 'crashed' | 'interrupted';

export interface FailedTest {
  readonly title: string;
  /** The error's message. */
  readonly message: string;
}

/** One suite of a run. */
export interface Step {
  readonly suite: string;
  readonly end: StepEnd;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly passed: number;
  readonly skipped: readonly string[];
  readonly failed: readonly FailedTest[];
  /** What it printed, as a path within the folder of reports. */
  readonly log: string;
}

/** A run of the validation, as `data/run.json` in the folder of reports has it; the suites' evidence lies beside it. */
export interface RunFile {
  readonly format: 1;
  readonly scale: Scale;
  /** `LONGSPAN_SEED` of the run: with it, the same chance again. */
  readonly seed: string;
  /** The commit, with `+` where the work tree differed from it. */
  readonly commit: string;
  readonly machine: Machine;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** The suites that were to run. */
  readonly planned: readonly string[];
  /** Those that did, or began to. */
  readonly steps: readonly Step[];
}
