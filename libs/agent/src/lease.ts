/**
 * How long a worker may still believe that a command is its own. The log gives a command to somebody else once its
 * holder has been silent for the ack-wait, and it does not tell the holder: a worker that was stopped, starved or cut
 * off finds out by its own clock, here. `now` is in milliseconds and must also run while the process is stopped.
 */
export class Lease {
  readonly #ackWaitMs: number;
  readonly #now: () => number;
  #confirmedAt: number;

  constructor(ackWaitMs: number, now: () => number) {
    this.#ackWaitMs = ackWaitMs;
    this.#now = now;
    this.#confirmedAt = now();
  }

  /** The log heard of us after `sentAt`. A lease that has run out stays so: somebody else may hold the command. */
  renew(sentAt: number): void {
    if (this.held) this.#confirmedAt = Math.max(this.#confirmedAt, sentAt);
  }

  get remainingMs(): number {
    return Math.max(0, this.#confirmedAt + this.#ackWaitMs - this.#now());
  }

  get held(): boolean {
    return this.remainingMs > 0;
  }
}
