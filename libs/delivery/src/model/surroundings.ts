import type { OutboxLimits } from '../outbox.ts';
import type { LogModel } from './log-model.ts';
import type { Random } from './random.ts';

/** What an edge of the model stands in. */
export interface Surroundings {
  readonly log: LogModel;
  readonly random: Random;
  readonly faults: Faults;
  readonly limits: OutboxLimits;
  readonly pageEventsMax: number;
  /** Runs the work at some later moment, in any order relative to other work: there is no clock. */
  later(what: string, work: () => void): void;
  trace(line: () => string): void;
}

/** How often things go wrong, as probabilities. Changed by the scenario as it goes on. */
export interface Faults {
  /** A live message is lost. */
  drop: number;
  /** A live message comes twice. */
  repeat: number;
  /** A read fails. */
  readFailure: number;
}
