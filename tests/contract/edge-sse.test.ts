import { startBridge, startNats, type Bridge } from '@longspan/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EventStream } from './event-source.ts';

const KEEP = 20;
const owned = new AsyncDisposableStack();
let bridge: Bridge;

beforeAll(async () => {
  const nats = owned.use(await startNats({ nodes: 1, backend: 'processes' }));
  const env = { LONGSPAN_EVENTS_PER_USER: String(KEEP), LONGSPAN_HEARTBEAT_MS: '500' };
  bridge = owned.use(await startBridge({ nats, edges: 2, env }));
});

afterAll(() => owned.disposeAsync());

async function publish(user: string, count: number): Promise<string[]> {
  const positions: string[] = [];
  for (let n = 0; n < count; n++) {
    const response = await bridge.ingress.request(`/v1/users/${user}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'note', data: { n, text: 'zwei\nZeilen – ü' } }),
    });
    const { events } = (await response.json()) as { events: [{ position: string }] };
    positions.push(events[0].position);
  }
  return positions;
}

async function open(
  edge: number,
  user: string,
  query = '',
  headers: Record<string, string> = {},
): Promise<EventStream> {
  const authorization = `Bearer ${await bridge.token(user)}`;
  return EventStream.open(`${bridge.edge(edge).url}/v1/events${query}`, { authorization, ...headers });
}

test('G1: events have the position as id, their type as event and the CloudEvent as data', async () => {
  // Goal: curl and EventSource are clients. Method: publish before and during, read with a foreign parser.
  const before = await publish('sse', 2);
  await using stream = await open(0, 'sse', '?after=earliest');
  await stream.untilComment('caught up');
  const after = await publish('sse', 1);
  const messages = await stream.until(3);
  expect(messages.map(({ id }) => id)).toEqual([...before, ...after]);
  expect(messages.map(({ event }) => event)).toEqual(['note', 'note', 'note']);
  expect(JSON.parse(messages[0]?.data ?? '')).toMatchObject({
    type: 'note',
    data: { n: 0, text: 'zwei\nZeilen – ü' },
  });
});

test('G10: a stream goes on at any edge after Last-Event-ID, which outranks the query', async () => {
  // Goal: what an EventSource does by itself when it comes back. Method: resume at the other edge, both ways.
  const positions = await publish('resumer', 4);
  await using byHeader = await open(1, 'resumer', '?after=earliest', { 'last-event-id': positions[1] ?? '' });
  await using byQuery = await open(1, 'resumer', `?after=${positions[2]}`);
  expect((await byHeader.until(2)).map(({ id }) => id)).toEqual(positions.slice(2));
  expect((await byQuery.until(1)).map(({ id }) => id)).toEqual(positions.slice(3));
});

test('G2: a gap is an event of type gap, with the position after it as id', async () => {
  // Goal: loss is never silent, here neither. Method: resume from before the retention.
  const [first = ''] = await publish('gappy', 1);
  const later = await publish('gappy', 2 * KEEP);
  await using stream = await open(0, 'gappy', `?after=${first}`);
  const [gap, next] = await stream.until(2);
  expect(gap?.event).toBe('gap');
  expect(JSON.parse(gap?.data ?? '')).toEqual({ from: first, to: gap?.id, reason: 'expired' });
  expect(later).toContain(next?.id);
});

test('comments keep a quiet stream alive', async () => {
  // Goal: proxies do not cut it. Method: wait for a ping without any event.
  await using stream = await open(0, 'quiet');
  await stream.untilComment('ping');
  expect(stream.messages).toEqual([]);
});

test('G4: without a good token there is a problem document and no stream', async () => {
  // Goal: the same door as for WebSockets. Method: no token, a bad one, a bad position.
  const { url } = bridge.edge(0);
  const missing = await fetch(`${url}/v1/events`);
  expect(missing.status).toBe(401);
  expect(missing.headers.get('www-authenticate')).toBe('Bearer');
  expect(missing.headers.get('content-type')).toBe('application/problem+json');
  expect(await missing.json()).toMatchObject({ code: 'unauthorized', status: 401 });
  expect((await fetch(`${url}/v1/events?access_token=nonsense`)).status).toBe(401);
  const token = await bridge.token('ada');
  const badPosition = await fetch(`${url}/v1/events?after=yesterday&access_token=${token}`);
  expect([badPosition.status, ((await badPosition.json()) as { code: string }).code]).toEqual([
    400,
    'bad_position',
  ]);
});

test('other paths and methods are refused by name; pages of other origins, too', async () => {
  // Goal: nothing answers by accident. Method: what is not there, and a foreign origin.
  const { url } = bridge.edge(0);
  expect((await fetch(`${url}/nothing`)).status).toBe(404);
  expect((await fetch(`${url}/healthz`, { method: 'DELETE' })).status).toBe(405);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect((await fetch(`${url}/healthz`, { headers: { origin: 'https://evil.example.com' } })).status).toBe(
    403,
  );
  const allowed = await fetch(`${url}/healthz`, { headers: { origin: 'http://localhost:3000' } });
  expect(allowed.headers.get('access-control-allow-origin')).toBe('http://localhost:3000');
});
