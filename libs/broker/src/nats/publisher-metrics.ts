import { metrics } from '@opentelemetry/api';
import { BrokerError } from '../errors.ts';
import type { Receipt } from '../port/publisher.ts';

/** From the fastest commit on one server to a budget that is used up, in seconds. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

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

  /** Measures one publish of so many events. */
  async measured(events: number, publish: () => Promise<readonly Receipt[]>): Promise<readonly Receipt[]> {
    const startedMs = performance.now();
    this.#waiting += 1;
    try {
      const receipts = await publish();
      const duplicates = receipts.filter(({ duplicate }) => duplicate).length;
      if (duplicates < events) this.#events.add(events - duplicates, { outcome: 'committed' });
      if (duplicates > 0) this.#events.add(duplicates, { outcome: 'duplicate' });
      return receipts;
    } catch (error) {
      this.#events.add(events, { outcome: error instanceof BrokerError ? error.code : 'internal' });
      throw error;
    } finally {
      this.#waiting -= 1;
      this.#duration.record((performance.now() - startedMs) / 1_000);
    }
  }

  sentAgain(): void {
    this.#retries.add(1);
  }
}
