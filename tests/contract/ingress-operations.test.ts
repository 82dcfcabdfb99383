import type { Moment, Operations } from '@longspan/protocol';
import { eventually, startBridge, startNats, type Bridge, type NatsCluster } from '@longspan/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startIngress } from './ingress-process.ts';

/*
 * `GET /v1/operations` of a real ingress beside real services: what it says is what happened, who may see it, and that
 * watching it is bounded.
 */
const OPERATOR = 'an-operator-of-the-tests';
const WATCHERS_MAX = 20;

let nats: NatsCluster;
let bridge: Bridge;

beforeAll(async () => {
  nats = await startNats({ nodes: 1, backend: 'processes' });
  bridge = await startBridge({ nats, edges: 2, agents: 1 });
});
afterAll(async () => {
  await bridge?.[Symbol.asyncDispose]();
  await nats?.[Symbol.asyncDispose]();
});

async function operations(): Promise<Operations> {
  const answer = await fetch(`${bridge.ingress.url}/v1/operations`);
  return (await answer.json()) as Operations;
}

const asEvents = (more: Readonly<Record<string, string>> = {}) => ({
  headers: { accept: 'text/event-stream', ...more },
});

/** The events of a stream as they come: their names and data. */
async function* eventsOf(
  response: Response,
): AsyncGenerator<{ readonly name: string; readonly data: string }> {
  let text = '';
  for await (const piece of (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
    text += piece;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [name = '', data = ''] = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      yield { name: name.replace('event: ', ''), data: data.replace('data: ', '') };
    }
  }
}

test('it tells of every service and stream', async () => {
  const seen = await eventually('all services are heard', async () => {
    const now = await operations();
    const heard = [...now.edges, ...now.ingresses, ...now.agents].filter((one) => one.now !== null);
    return heard.length === 4 && now.streams !== null ? now : undefined;
  });
  expect(seen).toMatchObject({
    ingress: 'ingress-0',
    connected: true,
    edges: [{ name: 'edge-0' }, { name: 'edge-1' }],
    ingresses: [{ name: 'ingress-0', now: { natsConnected: true } }],
    agents: [{ name: 'agent-0', now: { runs: 0, dead: 0 } }],
  });
  const streams = ['LONGSPAN_EVENTS_0', 'LONGSPAN_COMMANDS', 'LONGSPAN_DEAD_COMMANDS'];
  expect(seen.streams).toMatchObject(streams.map((stream) => ({ kind: 'led', stream })));
});

test('what is published and delivered moves its rates, percentiles, sessions and history', async () => {
  // Goal: it is alive, and right. Method: publish while two devices listen, until it shows in the stream of events.
  await using phone = bridge.client('ada', { startAt: 0 });
  await using laptop = bridge.client('ada', { startAt: 1 });
  await Promise.all([phone.untilLive(), laptop.untilLive()]);
  const response = await fetch(`${bridge.ingress.url}/v1/operations`, asEvents());
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  let n = 0;
  let history: readonly Moment[] | undefined;
  for await (const { name, data } of eventsOf(response)) {
    if (name === 'history') history = JSON.parse(data) as readonly Moment[];
    if (name !== 'operations') continue;
    const { totals, edges, ingresses } = JSON.parse(data) as Operations;
    const published = (ingresses[0]?.now?.published ?? 0) > 0;
    const delivered = edges.every(({ now }) => (now?.delivered ?? 0) > 0 && now?.deliveryMs);
    if (published && delivered && totals.sessions.live === 2 && totals.published > 0) break;
    await bridge.ingress.publish('ada', [{ id: `moving-${(n += 1)}`, type: 'noted' }]);
  }
  expect(history?.length).toBeGreaterThan(0);
});

test('an edge that is killed falls silent, and is back when it is started again', async () => {
  const edge = bridge.edges[1];
  const now = async () => (await operations()).edges.find(({ name }) => name === 'edge-1')?.now;
  await edge?.service.kill();
  await eventually('the edge is silent', async () => (await now()) === null);
  expect((await operations()).edges).toHaveLength(2);
  await edge?.service.start();
  await eventually('the edge is heard', async () => (await now()) != null);
});

test('so many may watch, one more is told so, and a place that is left is free', async () => {
  const url = `${bridge.ingress.url}/v1/operations`;
  const leaving = new AbortController();
  const watching = await Promise.all(
    Array.from({ length: WATCHERS_MAX }, () => fetch(url, { ...asEvents(), signal: leaving.signal })),
  );
  expect(watching.map(({ status }) => status)).toEqual(Array.from({ length: WATCHERS_MAX }, () => 200));
  const refused = await fetch(url, asEvents());
  expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'overloaded' }]);
  leaving.abort();
  await eventually('there is room', async () => {
    const { status, body } = await fetch(url, asEvents());
    await body?.cancel();
    return status === 200;
  });
});

test('an ingress that goes down ends its streams of events and does not wait for their watchers', async () => {
  await using ingress = await startIngress(nats, { LONGSPAN_NAME: 'leaving' });
  const response = await fetch(`${ingress.url}/v1/operations`, asEvents());
  const seen: string[] = [];
  const ended = (async () => {
    for await (const { name } of eventsOf(response)) seen.push(name);
  })();
  expect(await ingress.service.drain()).toBe(0);
  await ended;
  expect(seen.slice(0, 2)).toEqual(['history', 'operations']);
});

test('in production it needs an operator’s token, and without any does not exist', async () => {
  const production = { LONGSPAN_MODE: 'production' };
  const ask = (url: string, token?: string) =>
    fetch(`${url}/v1/operations`, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
  await using closed = await startIngress(nats, production);
  expect((await ask(closed.url, OPERATOR)).status).toBe(404);
  await using open = await startIngress(nats, { ...production, LONGSPAN_OPERATIONS_TOKENS: OPERATOR });
  expect((await ask(open.url)).status).toBe(401);
  expect((await ask(open.url, 'test-publish-token')).status).toBe(401);
  expect((await ask(open.url, OPERATOR)).status).toBe(200);
});
