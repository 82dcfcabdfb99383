import type { AgentReport, Operations, PublisherReport } from '@longspan/protocol';
import { expect, test } from 'vitest';
import { attentionsOf } from './attention.ts';
import { operationsAt, QUIET_EDGE } from './test-operations.ts';

const WELL = operationsAt(1_000);
const { natsConnected, memoryBytes, loopDelayMs } = QUIET_EDGE.now;
const publisher = { published: 1, failed: 0, publishMs: null, waiting: 0, retries: 0 };
const INGRESS: PublisherReport & { readonly now: object } = {
  ...QUIET_EDGE,
  name: 'ingress',
  now: { natsConnected, memoryBytes, loopDelayMs, ...publisher },
};
const runs = { runs: 0, backlog: 0, completed: 0, failedRuns: 0, redeliveries: 0, dead: 0 };
const AGENT: AgentReport & { readonly now: object } = {
  ...INGRESS,
  name: 'agent',
  now: { ...INGRESS.now, ...runs },
};

test('where all is well there is nothing to say', () => {
  expect(attentionsOf({ ...WELL, ingresses: [INGRESS], agents: [AGENT] })).toEqual([]);
});

test.each<[string, Partial<Operations>]>([
  [
    'bad ingress has no connection to NATS, and hears nothing from anybody.',
    { connected: false, streams: null, edges: [{ ...QUIET_EDGE, silentMs: 9_000, now: null }] },
  ],
  [
    'bad One delivery in a hundred takes 2.4 s or longer; 1 s is what is promised.',
    { totals: { ...WELL.totals, deliveryMs: { p50: 1, p90: 900, p99: 2_400 } } },
  ],
  ['bad NATS does not say how the streams are.', { streams: null }],
  ['bad No edge is heard: nobody can connect.', { edges: [] }],
  ['bad S has no leader, and takes nothing.', { streams: [{ kind: 'leaderless', stream: 'S' }] }],
  [
    'warn S: n2 is away or behind.',
    {
      streams: [
        {
          kind: 'led',
          stream: 'S',
          leader: 'n1',
          replicas: [
            { name: 'n1', current: true },
            { name: 'n2', current: false },
          ],
          messages: 0,
          bytes: 0,
        },
      ],
    },
  ],
  ['bad edge-1 has been silent for 12 s.', { edges: [{ ...QUIET_EDGE, silentMs: 12_400, now: null }] }],
  [
    'bad edge-1 has no connection to NATS.',
    { edges: [{ ...QUIET_EDGE, now: { ...QUIET_EDGE.now, natsConnected: false } }] },
  ],
  [
    'bad Clients of edge-1 have seen an event out of order 2 times.',
    { edges: [{ ...QUIET_EDGE, now: { ...QUIET_EDGE.now, violations: 2 } }] },
  ],
  [
    'warn 3 sessions of edge-1 cannot keep up.',
    {
      edges: [
        {
          ...QUIET_EDGE,
          now: { ...QUIET_EDGE.now, sessions: { joining: 0, replaying: 0, live: 0, lagging: 3 } },
        },
      ],
    },
  ],
  [
    'note edge-1 sends its clients away, to go down.',
    { edges: [{ ...QUIET_EDGE, now: { ...QUIET_EDGE.now, draining: true } }] },
  ],
  [
    'warn edge-1 is busy: its event loop is 250 ms late.',
    { edges: [{ ...QUIET_EDGE, now: { ...QUIET_EDGE.now, loopDelayMs: 250 } }] },
  ],
  [
    'bad ingress fails to publish 3 events a second.',
    { ingresses: [{ ...INGRESS, now: { ...INGRESS.now, failed: 3 } }] },
  ],
  ['bad ingress has been silent for 4 s.', { ingresses: [{ ...INGRESS, silentMs: 4_000, now: null }] }],
  ['warn agent has given up 1 of its commands.', { agents: [{ ...AGENT, now: { ...AGENT.now, dead: 1 } }] }],
  ['warn 20 commands wait for an agent.', { agents: [{ ...AGENT, now: { ...AGENT.now, backlog: 20 } }] }],
  ['bad agent has been silent for 5 s.', { agents: [{ ...AGENT, silentMs: 5_000, now: null }] }],
])('%s', (sentence, different) => {
  const said = attentionsOf({ ...WELL, ...different }).map(({ weight, text }) => `${weight} ${text}`);
  expect(said).toEqual([sentence]);
});

test('the worst comes first', () => {
  const draining = { ...QUIET_EDGE, now: { ...QUIET_EDGE.now, draining: true, loopDelayMs: 500 } };
  const silent = { ...QUIET_EDGE, name: 'edge-2', silentMs: 5_000, now: null };
  const weights = attentionsOf({ ...WELL, edges: [draining, silent] }).map(({ weight }) => weight);
  expect(weights).toEqual(['bad', 'warn', 'note']);
});
