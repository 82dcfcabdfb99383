import type { Trial } from '../results/result.ts';
import type { System } from '../systems/system.ts';
import type { SystemName } from '../systems/system-names.ts';
import type { Stage, StageOptions } from './stage.ts';

/** What a trial has measured; who and when is added by whoever runs it. */
export type Measured = Pick<Trial, 'figures'> & Partial<Omit<Trial, 'measure' | 'system' | 'round'>>;

export interface Attempt {
  readonly system: System;
  readonly round: number;
  /** The same for all systems of a round: they are offered the same load. */
  readonly seed: number;
  /** Figures by the scale of the run. */
  readonly scaled: <T>(by: { readonly quick: T; readonly full: T }) => T;
  /** Starts the system and the processes that load it. */
  readonly stage: (options?: Partial<StageOptions>) => Promise<Stage>;
  /** Shown while it runs. */
  readonly tell: (detail: string) => void;
}

/** One row of the table. */
export interface Measure {
  readonly name: string;
  /** For people. */
  readonly title: string;
  readonly systems: readonly SystemName[];
  /** `quick`: in every run; `full`: not in quick ones; `growth`: only when named or with `--growth`. All run when named. */
  readonly when: 'quick' | 'full' | 'growth';
  /** Rounds of this measure alone, where the run's number would be too many. */
  readonly roundsMax?: number;
  readonly run: (attempt: Attempt) => Promise<Measured>;
}
