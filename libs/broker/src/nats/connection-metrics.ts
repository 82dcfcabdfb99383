import type { NatsConnection } from '@nats-io/transport-node';
import { metrics } from '@opentelemetry/api';

/** Whether the process has its connection to NATS, and how often that was made again. */
export class ConnectionMetrics {
  readonly #reconnects = metrics.getMeter('longspan').createCounter('longspan.nats.reconnects', {
    description: 'Connections to NATS that were made again.',
  });
  #connected = false;

  constructor() {
    this.#reconnects.add(0);
    metrics
      .getMeter('longspan')
      .createObservableGauge('longspan.nats.connected', {
        description: '1 while the connection to NATS stands.',
      })
      .addCallback((result) => result.observe(this.#connected ? 1 : 0));
  }

  /** Follows the connection, which stands, to its end. */
  async follow(nc: NatsConnection): Promise<void> {
    this.#connected = true;
    for await (const { type } of nc.status()) {
      if (type === 'disconnect') this.#connected = false;
      if (type === 'reconnect') {
        this.#connected = true;
        this.#reconnects.add(1);
      }
    }
    this.#connected = false;
  }
}
