import type { EdgeReport, Operations } from '@longspan/protocol';

/** For tests: an edge of which nothing is to be said. */
export const QUIET_EDGE: EdgeReport & { readonly now: object } = {
  name: 'edge-1',
  version: '1',
  startedMs: 0,
  silentMs: 0,
  now: {
    natsConnected: true,
    memoryBytes: 1,
    loopDelayMs: 10,
    sessions: { joining: 0, replaying: 0, live: 1, lagging: 0 },
    users: 1,
    draining: false,
    delivered: 0,
    replayed: 0,
    bytesPerSecond: 0,
    deliveryMs: null,
    outboxBytes: 0,
    largestOutboxBytes: 0,
    gaps: 0,
    violations: 0,
  },
};

/** For tests: a system in which all is well. */
export function operationsAt(atMs: number): Operations {
  return {
    atMs,
    ingress: 'ingress',
    connected: true,
    totals: {
      atMs,
      sessions: { joining: 0, replaying: 0, live: 1, lagging: 0 },
      published: 0,
      delivered: 0,
      replayed: 0,
      deliveryMs: { p50: 1, p90: 2, p99: 3 },
    },
    edges: [QUIET_EDGE],
    ingresses: [],
    agents: [],
    streams: [
      {
        kind: 'led',
        stream: 'S',
        leader: 'n1',
        replicas: [{ name: 'n1', current: true }],
        messages: 0,
        bytes: 0,
      },
    ],
    gaps: [],
    slow: [],
  };
}
