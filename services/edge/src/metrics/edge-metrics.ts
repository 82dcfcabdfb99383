import { DeliveryMetrics } from './delivery-metrics.ts';
import { HubMetrics } from './hub-metrics.ts';
import { SendMetrics } from './send-metrics.ts';
import { SessionMetrics } from './session-metrics.ts';

/** What an edge counts as it happens (docs/telemetry.md, Edge). */
export class EdgeMetrics {
  readonly deliveries = new DeliveryMetrics();
  readonly hub = new HubMetrics();
  readonly sends = new SendMetrics();
  readonly sessions = new SessionMetrics();
}
