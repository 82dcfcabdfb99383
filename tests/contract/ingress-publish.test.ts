import { connect } from 'node:net';
import { startNats, type NatsCluster } from '@longspan/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PUBLISH_TOKEN, startIngress, type IngressProcess, type PublishReceipt } from './ingress-process.ts';

/*
 * The ingress as a back end meets it: a real process over a real NATS server, spoken to by HTTP.
 */
let nats: NatsCluster;
let ingress: IngressProcess;

beforeAll(async () => {
  nats = await startNats({ nodes: 1 });
  ingress = await startIngress(nats, { LONGSPAN_BODY_BYTES_MAX: '1048576', LONGSPAN_LOG_LEVEL: 'trace' });
});
afterAll(async () => {
  await ingress?.[Symbol.asyncDispose]();
  await nats?.[Symbol.asyncDispose]();
});

interface HistoryAnswer {
  readonly events: readonly {
    readonly position: string;
    readonly event: Readonly<Record<string, unknown>>;
  }[];
}

const EVENT = { specversion: '1.0', source: '/test', type: 'noted' };
const BATCH = 'application/cloudevents-batch+json';

const publish: IngressProcess['post'] = (...request) => ingress.post(...request);

async function receipts(response: Response): Promise<readonly PublishReceipt[]> {
  expect(response.status).toBe(200);
  return ((await response.json()) as { readonly events: readonly PublishReceipt[] }).events;
}

async function history(user: string): Promise<HistoryAnswer['events']> {
  const response = await ingress.request(`/v1/users/${encodeURIComponent(user)}/events?limit=1000`);
  return ((await response.json()) as HistoryAnswer).events;
}

async function problem(response: Response) {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const body = (await response.json()) as { readonly code: string; readonly status: number };
  expect(body.status).toBe(response.status);
  return `${response.status} ${body.code}`;
}

test('each of the four body forms is committed as the CloudEvent it means', async () => {
  // Goal: a publisher may speak as it likes. Method: one event in each form, then read the log.
  const first = { ...EVENT, id: '1', data: { n: 1 } };
  await receipts(await publish('forms', 'application/cloudevents+json', first));
  await receipts(
    await publish('forms', BATCH, [
      { ...EVENT, id: '2' },
      { ...EVENT, id: '3' },
    ]),
  );
  const binary = {
    'ce-specversion': '1.0',
    'ce-id': '4',
    'ce-source': '/test',
    'ce-type': 'noted',
    'ce-runid': 'r%201',
  };
  await receipts(await publish('forms', 'text/plain', 'hello', binary));
  const [plain] = await receipts(await publish('forms', 'application/json', { type: 'noted', data: 5 }));
  expect((await history('forms')).map(({ event }) => event)).toEqual([
    first,
    { ...EVENT, id: '2' },
    { ...EVENT, id: '3' },
    { ...EVENT, id: '4', runid: 'r 1', datacontenttype: 'text/plain', data: 'hello' },
    {
      ...EVENT,
      id: plain?.id,
      source: '/longspan/ingress',
      time: expect.any(String) as string,
      data: 5,
    },
  ]);
});

test('receipts come in the order of the request, and positions in the order of the commits (G1, G5)', async () => {
  // Goal: a receipt can be matched to its event. Method: 1,000 events in one batch, compared with the history.
  const ids = Array.from({ length: 1000 }, (_, n) => `e${n}`);
  const given = await receipts(
    await publish(
      'thousand',
      BATCH,
      ids.map((id) => ({ ...EVENT, id })),
    ),
  );
  expect(given.map(({ id }) => id)).toEqual(ids);
  const kept = await history('thousand');
  expect(kept.map(({ position, event }) => [position, event['id']])).toEqual(
    given.map((r) => [r.position, r.id]),
  );
});

test('the same source and id again is the same position, marked as a duplicate (G5)', async () => {
  // Goal: a publisher may repeat itself. Method: repeat alone, within a batch, and with another source.
  const event = { ...EVENT, id: 'once' };
  const [original] = await receipts(await publish('repeat', 'application/cloudevents+json', event));
  const again = await receipts(await publish('repeat', 'application/cloudevents+json', event));
  expect(again).toEqual([{ ...original, duplicate: true }]);
  const mixed = await receipts(
    await publish('repeat', BATCH, [
      { ...EVENT, id: 'a' },
      event,
      { ...EVENT, id: 'a' },
      { ...event, source: '/other' },
    ]),
  );
  expect(mixed.map(({ duplicate }) => duplicate)).toEqual([false, true, true, false]);
  expect(mixed[1]?.position).toBe(original?.position);
  expect(mixed[2]?.position).toBe(mixed[0]?.position);
  expect(await history('repeat')).toHaveLength(3);
});

test('an id belongs to its user: two users may have the same (G4)', async () => {
  // Goal: no event is taken for another user's. Method: the same event for two users.
  const event = { ...EVENT, id: 'shared' };
  await publish('left', 'application/cloudevents+json', event);
  const [right] = await receipts(await publish('right', 'application/cloudevents+json', event));
  expect(right?.duplicate).toBe(false);
});

test.each(['ä/ö ü', '*', '>', 'a.b', '$JS.API', '...', 'x'.repeat(128), '👩‍💻'])(
  'user “%s” has a stream of its own (G4)',
  async (user) => {
    // Goal: no user id reaches another one's subject. Method: publish for an awkward id, read it back.
    await receipts(await publish(user, 'application/json', { type: 'noted', data: user, id: user }));
    expect((await history(user)).map(({ event }) => event['data'])).toEqual([user]);
  },
);

test('a batch with one bad event publishes none', async () => {
  // Goal: nothing is half-published, bad input never reaches the log. Method: a bad one at the end of a batch.
  const response = await publish('half', BATCH, [
    { ...EVENT, id: '1' },
    { ...EVENT, id: '' },
  ]);
  expect(await problem(response)).toBe('400 invalid_event');
  expect(await history('half')).toEqual([]);
});

test('the trace context of a request travels in its events', async () => {
  // Goal: an event can be followed. Method: publish with a traceparent header, and with one that is nonsense.
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  await publish('traced', 'application/json', { type: 'noted' }, { traceparent });
  await publish('traced', 'application/json', { type: 'noted' }, { traceparent: 'nonsense' });
  expect((await history('traced')).map(({ event }) => event['traceparent'])).toEqual([
    traceparent,
    undefined,
  ]);
});

test('numbers and text reach the log as they were sent', async () => {
  // Goal: data is handed on untouched. Method: what JSON implementations like to bend.
  const data =
    '{"big":12345678901234567890,"exact":0.1000000000000000055511151231257827,"text":"\\u0000é👩‍💻"}';
  const sent = await publish(
    'exact',
    'application/json',
    `{"type":"noted","id":"1","time":"2026-01-01T00:00:00Z","data":${data}}`,
  );
  await receipts(sent);
  const text = await (await ingress.request('/v1/users/exact/events')).text();
  expect(text).toContain('"big":12345678901234567890,"exact":0.1000000000000000055511151231257827');
});

test.each<[string, string, string, string]>([
  ['malformed JSON', 'application/json', '{"type":', '400 malformed_json'],
  ['an invalid event', 'application/cloudevents+json', '{}', '400 invalid_event'],
  ['an unknown content type', 'application/xml', '<a/>', '415 unsupported_media_type'],
  [
    'an event over 256 KiB',
    'application/json',
    `{"type":"t","data":"${'x'.repeat(256 * 1024)}"}`,
    '413 event_too_big',
  ],
  [
    'a body over the limit',
    'application/json',
    `{"type":"t","data":"${'x'.repeat(1024 * 1024)}"}`,
    '413 body_too_big',
  ],
  ['1,001 events', BATCH, JSON.stringify(Array.from({ length: 1001 }, () => EVENT)), '413 batch_too_long'],
])('%s is a problem with a code of its own', async (_, type, body, expected) => {
  // Goal: programs can tell problems apart. Method: one bad request each; the log stays empty.
  expect(await problem(await publish('bad', type, body))).toBe(expected);
  expect(await history('bad')).toEqual([]);
});

test.each(['%00', 'a%0Ab', '%FF', 'x'.repeat(129), '%E2%82%AC'.repeat(43)])(
  'a user id that cannot be a subject is refused: %s',
  async (user) => {
    // Goal: bad ids are told, not mangled. Method: bad ids in the path, percent-encoded as they are.
    const response = await ingress.request(`/v1/users/${user}/events`, { method: 'POST', body: '{}' });
    expect(await problem(response)).toBe('400 invalid_user');
  },
);

test.each([undefined, 'Bearer wrong-token-wrong-token', 'Basic dGVzdC1wdWJsaXNoLXRva2Vu'])(
  'without a publisher’s token nothing is done: %s',
  async (authorization) => {
    // Goal: a wrong or missing token is 401, whatever else is wrong. Method: valid and invalid requests without it.
    for (const [method, path] of [
      ['POST', 'events'],
      ['GET', 'events'],
      ['DELETE', 'sessions'],
    ] as const) {
      const response = await fetch(`${ingress.url}/v1/users/ada/${path}`, {
        method,
        headers: authorization === undefined ? {} : { authorization },
      });
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /);
      expect(await problem(response)).toBe('401 unauthorized');
    }
  },
);

test('a client that goes away does not cancel its publish', async () => {
  // Goal: what was sent completely is committed. Method: send a whole request and cut the connection at once, then
  // publish behind it: one user's events commit in the order of the requests, so the first is there by then or never.
  const body = JSON.stringify({ type: 'noted', id: 'orphan' });
  const { hostname, port } = new URL(ingress.url);
  const socket = connect(Number(port), hostname);
  const head = `POST /v1/users/gone/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${PUBLISH_TOKEN}\r\n`;
  const sent = Promise.withResolvers<void>();
  socket.write(`${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`, () =>
    sent.resolve(),
  );
  await sent.promise;
  socket.destroy();
  await expect
    .poll(async () => (await history('gone')).map(({ event }) => event['id']), { timeout: 10_000 })
    .toEqual(['orphan']);
});

test('many publishers at once: each event once, each publisher in its order (G6)', async () => {
  // Goal: concurrency changes nothing. Method: five publishers, each awaiting its own answers, one user.
  const publisher = async (name: string) => {
    for (let n = 0; n < 40; n++) {
      await receipts(
        await publish('crowd', 'application/cloudevents+json', { ...EVENT, source: `/${name}`, id: `${n}` }),
      );
    }
  };
  await Promise.all(['a', 'b', 'c', 'd', 'e'].map(publisher));
  const kept = await history('crowd');
  expect(kept).toHaveLength(200);
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    const own = kept.filter(({ event }) => event['source'] === `/${name}`).map(({ event }) => event['id']);
    expect(own).toEqual(Array.from({ length: 40 }, (_, n) => `${n}`));
  }
});

test('the log of all this holds no token and no event data', () => {
  // Goal: logs can be shown to people. Method: last in this file, at the most talkative level.
  const log = ingress.service.log;
  expect(log).toContain('ingress.request');
  for (const secret of [PUBLISH_TOKEN, 'wrong-token', 'hello', '12345678901234567890', 'xxxxxxxx']) {
    expect(log).not.toContain(secret);
  }
});
