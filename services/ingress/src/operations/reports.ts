import type { AgentFacts, EdgeFacts, ProcessFacts, PublisherFacts, SessionCounts } from '@longspan/protocol';
import type { HeardService } from './heard-service.ts';
import { percentilesOf } from './percentiles.ts';

const MS_PER_S = 1_000;

/** What every process tells of itself (docs/telemetry.md). */
export function processFacts(service: HeardService): ProcessFacts {
  return {
    natsConnected: service.gauge('longspan.nats.connected') !== 0,
    memoryBytes: service.gauge('process.memory.usage') ?? 0,
    loopDelayMs: round((service.gauge('nodejs.eventloop.delay.p99') ?? 0) * MS_PER_S),
  };
}

export function edgeFacts(edge: HeardService): EdgeFacts {
  return {
    sessions: sessionsOf(edge),
    users: edge.gauge('longspan.edge.users') ?? 0,
    draining: edge.gauge('longspan.edge.draining') === 1,
    delivered: round(edge.rate('longspan.edge.delivered', { how: 'live' })),
    replayed: round(edge.rate('longspan.edge.delivered', { how: 'replayed' })),
    bytesPerSecond: round(edge.rate('longspan.edge.delivered.size')),
    deliveryMs: percentilesOf(edge.recent('longspan.edge.delivery.latency')),
    outboxBytes: edge.gauge('longspan.edge.outbox') ?? 0,
    largestOutboxBytes: edge.gauge('longspan.edge.outbox.largest') ?? 0,
    gaps: edge.count('longspan.edge.gaps'),
    violations: edge.count('longspan.client.violations'),
  };
}

export function publisherFacts(publisher: HeardService): PublisherFacts {
  const events = 'longspan.publish.events';
  const published = publisher.rate(events, { outcome: 'committed' });
  const repeated = publisher.rate(events, { outcome: 'duplicate' });
  return {
    published: round(published),
    failed: round(Math.max(0, publisher.rate(events) - published - repeated)),
    publishMs: percentilesOf(publisher.recent('longspan.publish.duration')),
    waiting: publisher.gauge('longspan.publish.waiting') ?? 0,
    retries: publisher.count('longspan.publish.retries'),
  };
}

export function agentFacts(agent: HeardService): AgentFacts {
  const commands = (outcome: string): number => agent.count('longspan.agent.commands', { outcome });
  return {
    ...publisherFacts(agent),
    runs: agent.gauge('longspan.agent.runs') ?? 0,
    backlog: agent.gauge('longspan.agent.backlog') ?? null,
    completed: commands('completed'),
    failedRuns: commands('failed'),
    redeliveries: agent.count('longspan.agent.redeliveries'),
    dead: commands('dead'),
  };
}

function sessionsOf(edge: HeardService): SessionCounts {
  const inState = (state: string): number => edge.gauge('longspan.edge.sessions', { state }) ?? 0;
  return {
    joining: inState('joining'),
    replaying: inState('replaying'),
    live: inState('live'),
    lagging: inState('lagging'),
  };
}

/** To a tenth: enough for whoever looks. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
