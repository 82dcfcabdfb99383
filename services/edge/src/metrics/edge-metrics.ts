import { metrics, type Meter } from '@opentelemetry/api';
import { DeliveryMetrics } from './delivery-metrics.ts';
import { HubMetrics } from './hub-metrics.ts';
import { SendMetrics } from './send-metrics.ts';
import { SessionMetrics } from './session-metrics.ts';

/** What an edge counts as it happens (docs/telemetry.md, Edge). */
export class EdgeMetrics {
  readonly deliveries: DeliveryMetrics;
  readonly hub: HubMetrics;
  readonly sends: SendMetrics;
  readonly sessions: SessionMetrics;

  constructor(meter: Meter = metrics.getMeter('longspan')) {
    this.deliveries = new DeliveryMetrics(meter);
    this.hub = new HubMetrics(meter);
    this.sends = new SendMetrics(meter);
    this.sessions = new SessionMetrics(meter);
  }
}
