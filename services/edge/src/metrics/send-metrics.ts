import type { ErrorCode } from '@longspan/protocol';
import type { Counter, Histogram, Meter } from '@opentelemetry/api';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

/** What became of a client's send. */
export type SendOutcome = 'sent' | 'duplicate' | ErrorCode;

/** What clients send, and how long it takes until it is committed. */
export class SendMetrics {
  readonly #sends: Counter;
  readonly #duration: Histogram;

  constructor(meter: Meter) {
    this.#sends = meter.createCounter('longspan.edge.sends', {
      description: 'Commands from clients, by what became of them.',
    });
    this.#duration = meter.createHistogram('longspan.edge.send.duration', {
      description: 'From the frame to the commit.',
      unit: 's',
      advice: { explicitBucketBoundaries: SECONDS },
    });
    for (const outcome of ['sent', 'duplicate', 'not_committed']) this.#sends.add(0, { outcome });
  }

  /** @param durationMs how long it took, of what is in the log now. */
  ended(outcome: SendOutcome, durationMs?: number): void {
    this.#sends.add(1, { outcome });
    if (durationMs !== undefined) this.#duration.record(durationMs / 1_000);
  }
}
