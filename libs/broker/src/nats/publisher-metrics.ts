import { metrics } from '@opentelemetry/api';
import { BrokerError } from '../errors.ts';
import type { Receipt } from '../port/publisher.ts';

/** From the fastest commit on one server to a budget that is used up, in seconds. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

const COMMITTED = { outcome: 'committed' };
const DUPLICATE = { outcome: 'duplicate' };

/** What a publisher measures of itself (docs/telemetry.md, Publishers). */
export class PublisherMetrics {
  readonly #meter = metrics.getMeter('longspan');
  readonly #events = this.#meter.createCounter('longspan.publish.events', {
    description: 'Events published, by what became of them.',
    unit: '{event}',
  });
  readonly #duration = this.#meter.createHistogram('longspan.publish.duration', {
    description: 'How long a publish took to its commit.',
    unit: 's',
    advice: { explicitBucketBoundaries: SECONDS },
  });
  readonly #retries = this.#meter.createCounter('longspan.publish.retries', {
    description: 'Groups of events that were sent again.',
  });
  #waiting = 0;

  constructor() {
    this.#retries.add(0);
    for (const outcome of ['committed', 'duplicate', 'no_quorum']) this.#events.add(0, { outcome });
    this.#meter
      .createObservableGauge('longspan.publish.waiting', {
        description: 'Publishes that wait for their commit.',
      })
      .addCallback((result) => result.observe(this.#waiting));
  }

  /** A publish begins; what it returns goes with its end. */
  started(): number {
    this.#waiting += 1;
    return performance.now();
  }

  committed(startedMs: number, receipts: readonly Receipt[]): void {
    let duplicates = 0;
    for (const { duplicate } of receipts) if (duplicate) duplicates += 1;
    if (duplicates < receipts.length) this.#events.add(receipts.length - duplicates, COMMITTED);
    if (duplicates > 0) this.#events.add(duplicates, DUPLICATE);
    this.#ended(startedMs);
  }

  failed(startedMs: number, events: number, error: unknown): void {
    this.#events.add(events, { outcome: error instanceof BrokerError ? error.code : 'internal' });
    this.#ended(startedMs);
  }

  sentAgain(): void {
    this.#retries.add(1);
  }

  #ended(startedMs: number): void {
    this.#waiting -= 1;
    this.#duration.record((performance.now() - startedMs) / 1_000);
  }
}
