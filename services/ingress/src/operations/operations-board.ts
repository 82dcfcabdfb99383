import type { StreamState } from '@longspan/broker';
import type { Moment, Operations, Percentiles, ServiceStatus, SessionCounts } from '@longspan/protocol';
import { HeardService } from './heard-service.ts';
import { percentilesOf } from './percentiles.ts';
import { sumOfHistograms } from './readings.ts';
import { agentFacts, edgeFacts, processFacts, publisherFacts } from './reports.ts';

/** Three statuses that did not come. */
const SILENT_AFTER_MS = 3_500;
const FORGOTTEN_AFTER_MS = 60_000;
/** More processes than this are not taken up. */
const SERVICES_MAX = 500;
const GAPS_SHOWN = 20;
const SLOW_SHOWN = 10;

/** What an ingress knows besides what services tell. */
export interface Surroundings {
  readonly ingress: string;
  readonly connected: boolean;
  readonly streams: readonly StreamState[] | undefined;
}

/** What is known of all services at this moment. Time comes as an argument. */
export class OperationsBoard {
  readonly #services = new Map<string, HeardService>();

  /** A service told how it is. */
  hear(status: ServiceStatus, nowMs: number): void {
    const key = `${status.service} ${status.name}`;
    const known = this.#services.get(key);
    if (known === undefined && this.#services.size >= SERVICES_MAX) return;
    this.#services.set(key, known?.hears(status, nowMs) ?? new HeardService([status], nowMs));
  }

  /** The system as it looks now. Forgets who has been silent for long. */
  read(nowMs: number, { ingress, connected, streams }: Surroundings): Operations {
    this.#forget(nowMs);
    const edges = this.#of('edge');
    const speaking = edges.filter((edge) => !isSilent(edge, nowMs));
    return {
      atMs: nowMs,
      ingress,
      connected,
      totals: this.#moment(nowMs),
      edges: edges.map((edge) => report(edge, nowMs, edgeFacts)),
      ingresses: this.#of('ingress').map((one) => report(one, nowMs, publisherFacts)),
      agents: this.#of('agent').map((agent) => report(agent, nowMs, agentFacts)),
      streams: connected ? (streams ?? null) : null,
      gaps: edges
        .flatMap(({ latest }) => (latest.gaps ?? []).map((gap) => ({ ...gap, edge: latest.name })))
        .toSorted((a, b) => b.atMs - a.atMs)
        .slice(0, GAPS_SHOWN),
      slow: speaking
        .flatMap(({ latest }) => (latest.slow ?? []).map((session) => ({ ...session, edge: latest.name })))
        .toSorted((a, b) => b.outboxBytes - a.outboxBytes)
        .slice(0, SLOW_SHOWN),
    };
  }

  #moment(nowMs: number): Moment {
    const speaking = [...this.#services.values()].filter((service) => !isSilent(service, nowMs));
    const edges = speaking.filter(({ latest }) => latest.service === 'edge');
    const facts = edges.map(edgeFacts);
    const publishers = speaking.filter(({ latest }) => latest.service !== 'edge').map(publisherFacts);
    return {
      atMs: nowMs,
      sessions: facts.reduce((sum, { sessions }) => plus(sum, sessions), NOBODY),
      published: publishers.reduce((sum, { published }) => sum + published, 0),
      delivered: facts.reduce((sum, { delivered }) => sum + delivered, 0),
      replayed: facts.reduce((sum, { replayed }) => sum + replayed, 0),
      deliveryMs: deliveryOf(edges),
    };
  }

  #of(service: string): readonly HeardService[] {
    return [...this.#services.values()]
      .filter(({ latest }) => latest.service === service)
      .toSorted((a, b) => a.latest.name.localeCompare(b.latest.name, 'en', { numeric: true }));
  }

  #forget(nowMs: number): void {
    for (const [key, { heardMs }] of this.#services) {
      if (nowMs - heardMs > FORGOTTEN_AFTER_MS) this.#services.delete(key);
    }
  }
}

const NOBODY: SessionCounts = { joining: 0, replaying: 0, live: 0, lagging: 0 };

function plus(a: SessionCounts, b: SessionCounts): SessionCounts {
  return {
    joining: a.joining + b.joining,
    replaying: a.replaying + b.replaying,
    live: a.live + b.live,
    lagging: a.lagging + b.lagging,
  };
}

/** Percentiles of all deliveries together: those of edges cannot be averaged. */
function deliveryOf(edges: readonly HeardService[]): Percentiles | null {
  const recent = edges.map((edge) => edge.recent('longspan.edge.delivery.latency'));
  return percentilesOf(sumOfHistograms(recent.filter((histogram) => histogram !== undefined)));
}

function isSilent({ heardMs }: HeardService, nowMs: number): boolean {
  return nowMs - heardMs > SILENT_AFTER_MS;
}

function report<Facts>(service: HeardService, nowMs: number, facts: (service: HeardService) => Facts) {
  const { name, version, startedMs } = service.latest;
  const now = isSilent(service, nowMs) ? null : { ...processFacts(service), ...facts(service) };
  return { name, version, startedMs, silentMs: Math.max(0, nowMs - service.heardMs), now };
}
