import type { Metric, ServiceStatus } from '@longspan/protocol';
import { expect, test } from 'vitest';
import { OperationsBoard } from './operations-board.ts';

const START = 1_700_000_000_000;
const surroundings = { ingress: 'ingress-0', connected: true, streams: [] };
const BOUNDARIES = [0.01, 0.1, 1];

/** What an edge tells so many seconds after its start. */
function edge(
  second: number,
  { name = 'edge-1', startedMs = START, live = 0, replayed = 0, sessions = 0, counts = [0, 0, 0, 0] } = {},
): ServiceStatus {
  const metrics: Metric[] = [
    {
      name: 'longspan.edge.delivered',
      kind: 'counter',
      unit: '',
      points: [
        { labels: { how: 'live' }, value: live },
        { labels: { how: 'replayed' }, value: replayed },
      ],
    },
    {
      name: 'longspan.edge.sessions',
      kind: 'gauge',
      unit: '',
      points: ['websocket', 'sse'].map((transport) => ({
        labels: { transport, state: 'live' },
        value: sessions,
      })),
    },
    {
      name: 'longspan.edge.delivery.latency',
      kind: 'histogram',
      unit: 's',
      points: [{ labels: {}, count: 0, sum: 0, boundaries: BOUNDARIES, counts }],
    },
  ];
  return { service: 'edge', name, version: '1', startedMs, atMs: startedMs + second * 1_000, metrics };
}

/** A board that has heard these in turn, each as it was told, and is read then. */
function heard(...statuses: readonly ServiceStatus[]) {
  const board = new OperationsBoard();
  for (const status of statuses) board.hear(status, status.atMs);
  return board.read(statuses.at(-1)?.atMs ?? START, surroundings);
}

test('rates are those of the last five seconds, whatever came before', () => {
  const told = [0, 1, 2, 3, 4, 5, 6, 7].map((second) =>
    edge(100 + second, { live: second < 3 ? 0 : (second - 2) * 10, replayed: 5_000 }),
  );
  expect(heard(...told).edges[0]?.now).toMatchObject({ delivered: 10, replayed: 0 });
});

test('what a process did since a start just now is new; of one that was never heard before it is not known', () => {
  expect(heard(edge(2, { live: 30 })).totals).toMatchObject({ delivered: 15 });
  const old = heard(edge(1_000, { live: 30, counts: [5, 0, 0, 0] }));
  expect(old.totals).toMatchObject({ delivered: 0, deliveryMs: null });
});

test('a process that was started anew counts from 0, and what its predecessor still tells is ignored', () => {
  const board = new OperationsBoard();
  const again = { startedMs: START + 60_000 };
  board.hear(edge(59, { live: 90_000 }), START + 59_000);
  board.hear(edge(2, { ...again, live: 8 }), START + 62_000);
  board.hear(edge(62.5, { live: 90_000 }), START + 62_500);
  const { edges, totals } = board.read(START + 62_600, surroundings);
  expect(edges).toMatchObject([{ startedMs: again.startedMs, now: { delivered: 4 } }]);
  expect(totals.delivered).toBe(4);
});

test('percentiles are those of what came last, of all edges together', () => {
  // Goal: percentiles of edges are not averaged, and an hour of old values does not hide a bad second.
  // Method: one edge delivers 98 quickly, the other 2 slowly; both had delivered much before.
  const board = new OperationsBoard();
  const slow = { name: 'edge-2', counts: [0, 0, 7_000, 0] };
  for (const status of [
    edge(100, { counts: [9_000, 0, 0, 0] }),
    edge(100, slow),
    edge(101, { counts: [9_098, 0, 0, 0] }),
    edge(101, { ...slow, counts: [0, 0, 7_002, 0] }),
  ])
    board.hear(status, START);
  const { totals, edges } = board.read(START, surroundings);
  expect(totals.deliveryMs).toEqual({ p50: 5.1, p90: 9.18, p99: 550 });
  expect(edges.map(({ now }) => now?.deliveryMs?.p50)).toEqual([5, 550]);
});

test('what lies above the last boundary counts as being there, and nothing has no percentiles', () => {
  expect(heard(edge(1, { counts: [0, 0, 0, 3] })).totals.deliveryMs).toEqual({
    p50: 1_000,
    p90: 1_000,
    p99: 1_000,
  });
  expect(heard(edge(1)).totals.deliveryMs).toBeNull();
});

test('an edge that falls silent is shown as silent, counts for nothing, and is left out after a minute', () => {
  const board = new OperationsBoard();
  board.hear(edge(100, { sessions: 3 }), START);
  board.hear(edge(100, { name: 'edge-2', sessions: 2 }), START);
  for (let ms = 0; ms <= 10_000; ms += 1_000) {
    board.hear(edge(100 + ms / 1_000, { name: 'edge-2', sessions: 2 }), START + ms);
  }
  const later = board.read(START + 10_000, surroundings);
  expect(later.edges).toMatchObject([
    { name: 'edge-1', silentMs: 10_000, now: null },
    { name: 'edge-2', silentMs: 0, now: { sessions: { live: 4 } } },
  ]);
  expect(later.totals.sessions.live).toBe(4);
  const muchLater = board.read(START + 60_001, surroundings);
  expect(muchLater.edges.map(({ name }) => name)).toEqual(['edge-2']);
});

test('gaps and slow sessions of all edges are told together, the newest and the largest first', () => {
  const gap = { session: 's', reason: 'expired', from: 'e-1', to: 'e-9' } as const;
  const reader = { transport: 'sse', state: 'lagging' };
  const { gaps, slow } = heard(
    {
      ...edge(1),
      gaps: [{ ...gap, atMs: START + 1 }],
      slow: [{ ...reader, session: 'a', outboxBytes: 5 }],
    },
    {
      ...edge(1, { name: 'edge-2' }),
      gaps: [{ ...gap, atMs: START + 2 }],
      slow: [{ ...reader, session: 'b', outboxBytes: 9 }],
    },
  );
  expect(gaps.map(({ edge }) => edge)).toEqual(['edge-2', 'edge-1']);
  expect(slow.map(({ session }) => session)).toEqual(['b', 'a']);
});

test('what an ingress does not know for want of NATS it does not tell', () => {
  const board = new OperationsBoard();
  const streams = [{ kind: 'leaderless', stream: 'LONGSPAN_COMMANDS' }] as const;
  expect(board.read(START, { ...surroundings, streams }).streams).toEqual(streams);
  expect(board.read(START, { ...surroundings, streams, connected: false }).streams).toBeNull();
});

test('more processes than there may be are not taken up', () => {
  const board = new OperationsBoard();
  for (let n = 0; n < 600; n += 1) board.hear(edge(1, { name: `edge-${n}` }), START);
  expect(board.read(START, surroundings).edges).toHaveLength(500);
});
