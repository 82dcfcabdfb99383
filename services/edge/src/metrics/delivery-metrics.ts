import type { DeliveryWay, Entry } from '@longspan/delivery';
import type { Meter } from '@opentelemetry/api';

/** From next to nothing on one machine to a repair after an election, in seconds; 1 s is what is promised. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * What leaves for sockets, and how long after its publish. It is on the way of every event to every device: sums are
 * plain numbers that are read when somebody asks.
 */
export class DeliveryMetrics {
  readonly #latency;
  readonly #events: Record<DeliveryWay, number> = { live: 0, replayed: 0 };
  #bytes = 0;

  constructor(meter: Meter) {
    this.#latency = meter.createHistogram('longspan.edge.delivery.latency', {
      description: 'From the publish to the socket, of events that are not replayed.',
      unit: 's',
      advice: { explicitBucketBoundaries: SECONDS },
    });
    meter
      .createObservableCounter('longspan.edge.delivered', {
        description: 'Events written to sockets.',
        unit: '{event}',
      })
      .addCallback((result) => {
        result.observe(this.#events.live, { how: 'live' });
        result.observe(this.#events.replayed, { how: 'replayed' });
      });
    meter
      .createObservableCounter('longspan.edge.delivered.size', { description: 'Their bytes.', unit: 'By' })
      .addCallback((result) => result.observe(this.#bytes));
  }

  /** These entries were given to a socket, in so many bytes. */
  wrote(entries: readonly Entry[], how: DeliveryWay, bytes: number): void {
    this.#events[how] += entries.length;
    this.#bytes += bytes;
    if (how === 'replayed') return;
    const nowMs = Date.now();
    // The publisher's clock may be ahead of ours.
    for (const { publishedMs } of entries) this.#latency.record(Math.max(0, nowMs - publishedMs) / 1_000);
  }
}
