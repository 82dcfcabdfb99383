import { connectNats } from '@longspan/broker';
import { startNats, type NatsCluster } from '@longspan/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemOf, startIngress, type IngressProcess } from './ingress-process.ts';

/*
 * The history as a back end reads it, over a log that keeps five events of a user.
 */
const KEPT = 5;
const STREAM = 'LONGSPAN_EVENTS_0';

let nats: NatsCluster;
let ingress: IngressProcess;

beforeAll(async () => {
  nats = await startNats({ nodes: 1 });
  ingress = await startIngress(nats, { LONGSPAN_EVENTS_PER_USER: String(KEPT) });
});
afterAll(async () => {
  await ingress?.[Symbol.asyncDispose]();
  await nats?.[Symbol.asyncDispose]();
});

interface HistoryAnswer {
  readonly events: readonly { readonly position: string; readonly event: { readonly id: string } }[];
  readonly next: string;
  readonly more: boolean;
  readonly gap?: { readonly from: string; readonly to: string; readonly reason: string };
}

function get(user: string, query = ''): Promise<Response> {
  return ingress.request(`/v1/users/${user}/events${query}`);
}

async function history(user: string, query = ''): Promise<HistoryAnswer> {
  const response = await get(user, query);
  expect(response.status).toBe(200);
  expect(response.headers.get('longspan-fresh')).toBe('true');
  return (await response.json()) as HistoryAnswer;
}

const ids = (answer: HistoryAnswer) => answer.events.map(({ event }) => event.id);
const seqOf = (position: string) => Number(position.split('-')[1]);
const epochOf = (position: string) => position.split('-')[0];

async function publish(user: string, from: number, to: number): Promise<readonly string[]> {
  const ids = Array.from({ length: to - from + 1 }, (_, n) => `${from + n}`);
  return (await ingress.publish(user, ids)).map(({ position }) => position);
}

test('an acknowledged event is in the next answer, whoever asks', async () => {
  // Goal: read your writes. Method: publish and read at once, many times.
  for (let n = 1; n <= KEPT; n++) {
    const [position] = await publish('reader', n, n);
    const answer = await history('reader');
    expect(answer.next).toBe(position);
    expect(ids(answer)).toHaveLength(n);
  }
});

test('pages follow each other without a hole or a repeat, and next leads on to what comes later', async () => {
  // Goal: `after=next` is all that a reader needs. Method: read five events by two, then two more after the end.
  await publish('pages', 1, 5);
  const first = await history('pages', '?after=earliest&limit=2');
  const second = await history('pages', `?after=${first.next}&limit=2`);
  const third = await history('pages', `?after=${second.next}&limit=2`);
  expect([first, second, third].map(ids)).toEqual([['1', '2'], ['3', '4'], ['5']]);
  expect([first, second, third].map(({ more }) => more)).toEqual([true, true, false]);
  const idle = await history('pages', `?after=${third.next}`);
  expect(idle).toMatchObject({ events: [], more: false });
  await publish('pages', 6, 7);
  const later = await history('pages', `?after=${idle.next}`);
  expect(ids(later)).toEqual(['6', '7']);
  expect([first, second, third, idle, later].some(({ gap }) => gap !== undefined)).toBe(false);
});

test('a user who never had an event has an empty history and a position to go on from', async () => {
  // Goal: nothing special about the beginning. Method: read, publish, go on.
  const empty = await history('nobody');
  expect(empty).toMatchObject({ events: [], more: false });
  await publish('nobody', 1, 1);
  expect(ids(await history('nobody', `?after=${empty.next}`))).toEqual(['1']);
});

test('events that are gone for their number are told as a gap that ends where the events begin (G2)', async () => {
  // Goal: no silent loss. Method: read after an event that is followed by more than are kept.
  const [first] = await publish('expired', 1, 1);
  await publish('expired', 2, 8);
  const answer = await history('expired', `?after=${first}`);
  expect(answer.gap).toMatchObject({ from: first, reason: 'expired' });
  const begin = answer.events[0]?.position ?? '';
  expect(seqOf(answer.gap?.to ?? '')).toBe(seqOf(begin) - 1);
  expect(ids(answer).slice(-KEPT)).toEqual(['4', '5', '6', '7', '8']);
  expect((await history('expired', '?after=earliest')).gap).toBeUndefined();
  expect((await history('expired', `?after=${answer.next}`)).gap).toBeUndefined();
});

test('a reader exactly as far behind as is kept misses nothing and is told nothing (G2)', async () => {
  // Goal: no false alarm at the edge of what is kept. Method: read after an event that is followed by just as many.
  const [first] = await publish('edge', 1, 1);
  await publish('edge', 2, 1 + KEPT);
  const answer = await history('edge', `?after=${first}`);
  expect(answer.gap).toBeUndefined();
  expect(ids(answer)).toEqual(['2', '3', '4', '5', '6']);
});

test('a position past the end is told as rewound', async () => {
  // Goal: a stream that lost its tail is noticed. Method: a position that the stream has not reached.
  const [position = ''] = await publish('past', 1, 1);
  const answer = await history('past', `?after=${epochOf(position)}-${seqOf(position) + 1_000_000}`);
  expect(answer).toMatchObject({ events: [], gap: { reason: 'rewound' } });
  await publish('past', 2, 2);
  expect(ids(await history('past', `?after=${answer.next}`))).toEqual(['2']);
});

test.each([
  ['?after=nonsense', '400 invalid_position'],
  ['?after=', '400 invalid_position'],
  ['?after=a-1&after=a-2', '400 invalid_parameter'],
  ['?limit=0', '400 invalid_parameter'],
  ['?limit=1001', '400 invalid_parameter'],
  ['?limit=ten', '400 invalid_parameter'],
  ['?from=earliest', '400 invalid_parameter'],
])('%s is refused', async (query, expected) => {
  // Goal: a mistake is told, not guessed at. Method: one bad query each.
  expect(await problemOf(await get('ada', query))).toBe(expected);
});

test('a position of an earlier incarnation of the stream is told as a reset', async () => {
  // Goal: a recreated stream is not taken for the old one. Method: a foreign epoch first; then the stream is really
  // deleted and made anew under the running ingress. Last in this file, since it takes the others' events away.
  await publish('reset', 1, 2);
  const foreign = await history('reset', '?after=0-999');
  expect(foreign.gap).toMatchObject({ from: '0-999', reason: 'reset' });
  expect(ids(foreign)).toEqual(['1', '2']);

  const nc = await connectNats({ servers: nats.urls, name: 'test' });
  const jsm = await jetstreamManager(nc);
  const { config } = await jsm.streams.info(STREAM);
  await jsm.streams.delete(STREAM);
  await jsm.streams.add(config);
  await nc.close();

  await publish('reset', 3, 3);
  const answer = await history('reset', `?after=${foreign.next}`);
  expect(answer.gap).toMatchObject({ from: foreign.next, reason: 'reset' });
  expect(ids(answer)).toEqual(['3']);
  expect(epochOf(answer.next)).not.toBe(epochOf(foreign.next));
});
