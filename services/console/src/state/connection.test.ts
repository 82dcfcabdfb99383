import type { ClientState } from '@longspan/client';
import { expect, test } from 'vitest';
import { IDLE, stepConnection, type Connection } from './connection.ts';
import type { TimelineInput } from './timeline.ts';

// Goal: the panel's facts follow from the client's states. Method: states with their times go in.

function follow(states: readonly (readonly [atMs: number, state: ClientState])[]) {
  let connection: Connection = IDLE;
  const marks: TimelineInput[] = [];
  for (const [atMs, state] of states) {
    const step = stepConnection(connection, state, urlOf(state), atMs);
    connection = step.connection;
    marks.push(...step.marks);
  }
  return { connection, marks };
}

const URLS: Readonly<Record<string, string>> = { 'edge-1': 'http://a', 'edge-2': 'http://b' };

function urlOf(state: ClientState): string | undefined {
  return state.kind === 'replaying' || state.kind === 'live' ? URLS[state.edge] : undefined;
}

const connecting = (url: string): ClientState => ({ kind: 'connecting', url, attempt: 1 });
const replaying = (edge: string, session: string): ClientState => ({ kind: 'replaying', edge, session });
const live = (edge: string, session: string): ClientState => ({ kind: 'live', edge, session });

const FIRST = [
  [0, connecting('http://a')],
  [10, replaying('edge-1', 's1')],
  [20, live('edge-1', 's1')],
] as const;

test('the first connection is no reconnect', () => {
  const { connection, marks } = follow(FIRST);
  expect(connection).toMatchObject({ url: 'http://a', reconnects: 0, lastReconnectMs: undefined });
  expect(marks).toEqual([
    { kind: 'connected', edge: 'edge-1', afterMs: undefined, atMs: 10 },
    { kind: 'caught_up', atMs: 20 },
  ]);
});

test('a reconnect lasts from the loss until the next session has caught up, over any number of attempts', () => {
  const { connection, marks } = follow([
    ...FIRST,
    [1_000, { kind: 'waiting', attempt: 1, retryAtMs: 1_000, reason: 'closed_by_peer' }],
    [1_001, connecting('http://a')],
    [1_010, { kind: 'waiting', attempt: 2, retryAtMs: 1_100, reason: 'connect_failed' }],
    [1_100, connecting('http://b')],
    [1_110, replaying('edge-2', 's2')],
    [1_150, live('edge-2', 's2')],
  ]);
  expect(connection).toMatchObject({ url: 'http://b', reconnects: 1, lastReconnectMs: 150 });
  expect(connection.edgeNames).toEqual({ 'http://a': 'edge-1', 'http://b': 'edge-2' });
  expect(connection.outageSinceMs).toBeUndefined();
  expect(marks.slice(2)).toEqual([
    { kind: 'lost', edge: 'edge-1', reason: 'closed by peer', atMs: 1_000 },
    { kind: 'connected', edge: 'edge-2', afterMs: 110, atMs: 1_110 },
    { kind: 'caught_up', atMs: 1_150 },
  ]);
});

test('a session lost while it was catching up prolongs the same reconnect', () => {
  const { connection } = follow([
    ...FIRST,
    [1_000, connecting('http://b')],
    [1_010, replaying('edge-2', 's2')],
    [1_020, connecting('http://a')],
    [1_030, replaying('edge-1', 's3')],
    [1_040, live('edge-1', 's3')],
  ]);
  expect(connection).toMatchObject({ reconnects: 1, lastReconnectMs: 40 });
});

test('a new session that stands before the old one ends costs no time', () => {
  const { connection, marks } = follow([...FIRST, [1_000, live('edge-2', 's2')]]);
  expect(connection).toMatchObject({ reconnects: 1, lastReconnectMs: 0, serving: { edge: 'edge-2' } });
  expect(marks.some((mark) => mark.kind === 'lost')).toBe(false);
  expect(connection).toMatchObject({
    url: 'http://b',
    edgeNames: { 'http://a': 'edge-1', 'http://b': 'edge-2' },
  });
});
