import type { ShardId } from '@longspan/broker';
import type { OutboxLimits } from '@longspan/delivery';
import type { UserId } from '@longspan/protocol';
import type { Random } from '../random.ts';
import type { Coverage } from './coverage.ts';
import type { Process, SimulatedClock } from './simulated-clock.ts';
import type { SimulatedStream } from './simulated-stream.ts';

/** What everything in a simulation stands in. */
export interface Surroundings {
  readonly streams: readonly SimulatedStream[];
  shardOf(user: UserId): ShardId;
  streamOf(user: UserId): SimulatedStream;
  readonly clock: SimulatedClock;
  readonly faults: Faults;
  readonly limits: OutboxLimits;
  readonly pageEventsMax: number;
  readonly rangeEventsMax: number;
  readonly coverage: Coverage;
  /** The chance of the step that is being made. */
  readonly random: Random;
  /** Runs the work at some later step, in any order relative to other work, if the process is alive then. */
  later(process: Process, what: string, work: () => void): void;
  /** A promise was settled: who waits for it goes on before the next step. */
  settled(): void;
  /** A promise of the product was broken: the run ends with this step. */
  broken(violation: unknown): void;
  /** Trouble has been over for longer than sync rounds are apart, and time passes only when nothing else happens. */
  readonly isCalm: boolean;
  /** Present while a trace is wanted. */
  readonly trace: ((line: string) => void) | undefined;
}

/** How often things go wrong, as probabilities. Changed by the schedule as it goes on. */
export interface Faults {
  /** A live message is lost. */
  drop: number;
  /** A live message comes twice. */
  repeat: number;
  /** A read fails. */
  readFailure: number;
}

export const QUIET: Faults = { drop: 0, repeat: 0, readFailure: 0 };
