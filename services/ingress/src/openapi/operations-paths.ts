import { WATCHERS_MAX } from '../operations/operations-feed.ts';
import { problemResponses } from './problem-responses.ts';

const sessions = { joining: 0, replaying: 0, live: 2, lagging: 0 };
const deliveryMs = { p50: 1.8, p90: 4.1, p99: 9.6 };
const process = { version: '0.1.0', startedMs: 1_769_860_000_000, silentMs: 312 };
const processNow = { natsConnected: true, memoryBytes: 98_304_000, loopDelayMs: 10.4 };
const publishing = {
  published: 12,
  failed: 0,
  publishMs: { p50: 1.2, p90: 2.3, p99: 4.8 },
  waiting: 0,
  retries: 0,
};

const example = {
  atMs: 1_769_860_800_000,
  ingress: 'ingress',
  connected: true,
  totals: { atMs: 1_769_860_800_000, sessions, published: 12, delivered: 24, replayed: 0, deliveryMs },
  edges: [
    {
      ...process,
      name: 'edge-1',
      now: {
        ...processNow,
        sessions,
        users: 1,
        draining: false,
        delivered: 24,
        replayed: 0,
        bytesPerSecond: 5_810,
        deliveryMs,
        outboxBytes: 0,
        largestOutboxBytes: 0,
        gaps: 0,
        violations: 0,
      },
    },
    { ...process, name: 'edge-2', silentMs: 12_041, now: null },
  ],
  ingresses: [{ ...process, name: 'ingress', now: { ...processNow, ...publishing } }],
  agents: [],
  streams: [
    {
      kind: 'led',
      stream: 'LONGSPAN_EVENTS_0',
      leader: 'n1',
      replicas: [{ name: 'n1', current: true }],
      messages: 1_204,
      bytes: 301_877,
    },
  ],
  gaps: [],
  slow: [],
};

/** The path for operators. */
export const operationsPaths = {
  '/v1/operations': {
    get: {
      operationId: 'watchOperations',
      tags: ['operations'],
      summary: 'How the whole system is',
      description:
        'JSON; Server-Sent Events for who accepts `text/event-stream`: one event `history`, an array of `Moment`s of the last ' +
        'five minutes, the oldest first, then an event `operations` a second. A watcher who does not keep up misses ' +
        `moments. At most ${WATCHERS_MAX} watch one ingress. Development mode asks for no token unless ` +
        '`LONGSPAN_OPERATIONS_TOKENS` is set; production does not have this path without it.',
      security: [{ operator: [] }, {}],
      responses: {
        '200': {
          description: 'How it is.',
          content: {
            'application/json': { schema: { $ref: '#/components/schemas/Operations' }, example },
            'text/event-stream': { schema: { type: 'string' } },
          },
        },
        ...problemResponses('unauthorized', 'not_found', 'overloaded'),
      },
    },
  },
};
