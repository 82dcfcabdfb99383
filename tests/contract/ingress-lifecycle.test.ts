import { connectNats, NatsControl } from '@longspan/broker';
import { startNats, type NatsCluster } from '@longspan/testkit';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemOf, PUBLISH_TOKEN, startIngress, type IngressProcess } from './ingress-process.ts';

/*
 * The ingress as an operator meets it: starting, draining, without NATS.
 */
const BODY = JSON.stringify({ type: 'noted', id: 'late' });

let nats: NatsCluster;

beforeAll(async () => {
  nats = await startNats({ nodes: 1 });
});
afterAll(async () => {
  await nats?.[Symbol.asyncDispose]();
});

/** A publish of which everything but the last byte has been sent. */
async function unfinishedPublish(ingress: IngressProcess): Promise<Socket> {
  const socket = connect(ingress.port, '127.0.0.1');
  const head = `POST /v1/users/ada/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${PUBLISH_TOKEN}\r\n`;
  // The answer to `expect` says that the request has begun to be worked on.
  const expecting = `content-type: application/json\r\ncontent-length: ${BODY.length}\r\nexpect: 100-continue\r\n\r\n`;
  socket.setEncoding('utf8').write(head + expecting);
  const [text] = (await once(socket, 'data')) as [string];
  expect(text).toMatch(/^HTTP\/1.1 100 /);
  socket.write(BODY.slice(0, -1));
  return socket;
}

test('it is alive and ready, and says where it listens', async () => {
  // Goal: orchestration can rely on it. Method: both probes of a fresh process.
  await using ingress = await startIngress(nats);
  expect((await fetch(`${ingress.url}/healthz`)).status).toBe(200);
  expect((await fetch(`${ingress.url}/readyz`)).status).toBe(200);
  expect(ingress.service.log).toContain(`"port":${ingress.port}`);
});

test('without NATS it lives but is not ready, and publishes fail within their budget', async () => {
  // Goal: 503 with Retry-After, then recovery without help. Method: stop and start the only server.
  await using own = await startNats({ nodes: 1 });
  await using ingress = await startIngress(own, { LONGSPAN_PUBLISH_BUDGET_MS: '500' });
  await own.kill(0);
  await expect.poll(async () => (await fetch(`${ingress.url}/readyz`)).status, { timeout: 20_000 }).toBe(503);
  expect((await fetch(`${ingress.url}/healthz`)).status).toBe(200);
  const refused = await ingress.post('ada', 'application/json', BODY);
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await problemOf(refused)).toMatch(/^503 (?:no_quorum|log_unavailable)$/);
  await own.start(0);
  await expect.poll(async () => (await fetch(`${ingress.url}/readyz`)).status, { timeout: 20_000 }).toBe(200);
  expect((await ingress.post('ada', 'application/json', BODY)).status).toBe(200);
});

test('SIGTERM: not ready, requests in work are finished, then it ends with code 0', async () => {
  // Goal: a deploy loses no request. Method: SIGTERM while a body is on its way; the body's end comes afterwards.
  await using ingress = await startIngress(nats, { LONGSPAN_DRAIN_MS: '1000' });
  const socket = await unfinishedPublish(ingress);
  const ended = ingress.service.drain();
  await expect.poll(async () => (await fetch(`${ingress.url}/readyz`)).status).toBe(503);
  const answer = once(socket, 'data') as Promise<[string]>;
  socket.write(BODY.slice(-1));
  expect((await answer)[0]).toMatch(/^HTTP\/1.1 200 /);
  expect(await ended).toBe(0);
});

test('a request that is in work when it stops accepting is answered', async () => {
  // Goal: closing waits for what was begun. Method: no drain time; the body's end is sent after SIGTERM was logged.
  await using ingress = await startIngress(nats, { LONGSPAN_DRAIN_MS: '0' });
  const socket = await unfinishedPublish(ingress);
  const ended = ingress.service.drain();
  await expect.poll(() => ingress.service.log).toContain('ingress.stopping');
  const answer = once(socket, 'data') as Promise<[string]>;
  socket.write(BODY.slice(-1));
  expect((await answer)[0]).toMatch(/^HTTP\/1.1 200 /);
  expect(await ended).toBe(0);
});

test('a second signal ends it at once', async () => {
  // Goal: nobody has to wait. Method: two signals while a request never ends.
  await using ingress = await startIngress(nats, { LONGSPAN_DRAIN_MS: '30000' });
  const ended = ingress.service.drain();
  await expect.poll(() => ingress.service.log).toContain('ingress.stopping');
  await ingress.service.drain();
  expect(await ended).toBe(1);
});

test('a start that cannot succeed is one clear line and code 1', async () => {
  // Goal: no stack trace for a typing error or a port in use. Method: a bad variable, then a taken port.
  await expect(startIngress(nats, { LONGSPAN_PORT: 'eighty' })).rejects.toThrow(
    /ended \(1\).*\n?.*LONGSPAN_PORT is "eighty"; expected a port number from 0 to 65535/s,
  );
  await using first = await startIngress(nats);
  await expect(startIngress(nats, { LONGSPAN_PORT: String(first.port) })).rejects.toThrow(
    /ended \(1\).*"level":"fatal".*EADDRINUSE/s,
  );
});

test('ending sessions reaches whoever listens for the order', async () => {
  // Goal: DELETE sessions is told to every edge, for exactly this user. Method: two listeners on connections of their own.
  await using ingress = await startIngress(nats);
  const connections = await Promise.all(
    ['one', 'two'].map((name) => connectNats({ servers: nats.urls, name })),
  );
  const heard = connections.map((nc) => {
    const { promise, resolve } = Promise.withResolvers<string>();
    new NatsControl(nc).onEndSessions((user) => resolve(user));
    return promise;
  });
  await Promise.all(connections.map((nc) => nc.flush()));
  const response = await ingress.request('/v1/users/a.%C3%A4%2F*/sessions', { method: 'DELETE' });
  expect(response.status).toBe(204);
  expect(await response.text()).toBe('');
  expect(await Promise.all(heard)).toEqual(['a.ä/*', 'a.ä/*']);
  await Promise.all(connections.map((nc) => nc.close()));
});
