import type { EventLog } from '@longspan/broker';

/** Whether the ingress should get traffic. */
export class Readiness {
  readonly #log: Pick<EventLog, 'connected'>;
  #draining = false;

  constructor(log: Pick<EventLog, 'connected'>) {
    this.#log = log;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** From now on, and for good, not ready. */
  drain(): void {
    this.#draining = true;
  }

  /** Why it is not ready, for people; undefined if it is. The streams are there since the start. */
  obstacle(): string | undefined {
    if (this.#draining) return 'The ingress is going down.';
    return this.#log.connected ? undefined : 'There is no connection to NATS.';
  }
}
