/** The hosts' only contact with time, chance and the event loop. */
export interface Scheduler {
  /** Runs `work` at the end of this turn of the event loop. */
  endOfTurn(work: () => void): void;
  /** Resolves after `ms` milliseconds. */
  pause(ms: number): Promise<void>;
  /** Runs `work` every `ms` milliseconds, until disposed of. */
  every(ms: number, work: () => void): Disposable;
  /** Uniform in [0, 1). */
  random(): number;
}
