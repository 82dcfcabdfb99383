import { freePort, Service, startBridge, startNats } from '@longspan/testkit';
import { expect, test } from 'vitest';

test('without a quorum publishes are refused after their budget, history is served and says that it may be old', async () => {
  // Goal: 503 with Retry-After and nothing half-published; readers get what the replicas have. Method: three nodes,
  // two of them killed, then brought back; the refused event is sent again with its id.
  await using nats = await startNats({ nodes: 3 });
  await using bridge = await startBridge({ nats, edges: 0, env: { LONGSPAN_PUBLISH_BUDGET_MS: '1000' } });
  const events = (n: number) => [{ id: `${n}`, type: 'noted' }];
  const post = (n: number) =>
    bridge.ingress.request('/v1/users/ada/events', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'noted', source: '/test', id: `${n}` }),
    });
  const history = () => bridge.ingress.request('/v1/users/ada/events');
  const ids = async (response: Response) =>
    ((await response.json()) as { events: { event: { id: string } }[] }).events.map(({ event }) => event.id);
  await bridge.ingress.publish('ada', events(1));

  await nats.kill(1);
  await nats.kill(2);
  const refused = await post(2);
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ code: 'no_quorum' });
  await expect
    .poll(
      async () => {
        const answer = await history();
        return [answer.status, answer.headers.get('longspan-fresh'), answer.ok ? await ids(answer) : []];
      },
      { timeout: 30_000, interval: 500 },
    )
    .toEqual([200, 'false', ['1']]);

  await nats.start(1);
  await nats.start(2);
  await nats.waitForLeader('LONGSPAN_EVENTS_0');
  await expect.poll(async () => (await post(2)).status, { timeout: 60_000, interval: 500 }).toBe(200);
  const answer = await history();
  expect(await ids(answer)).toEqual(['1', '2']);
  await expect
    .poll(async () => (await history()).headers.get('longspan-fresh'), { timeout: 30_000 })
    .toBe('true');
});

test('an ingress that starts before its cluster has a quorum waits for it', async () => {
  // Goal: the order of starting does not matter. Method: one node of three, an ingress, then the other two.
  await using nats = await startNats({ nodes: 3 });
  await nats.kill(1);
  await nats.kill(2);
  await using service = new Service({
    kind: 'ingress',
    name: 'ingress-0',
    env: {
      LONGSPAN_PORT: String(await freePort()),
      LONGSPAN_HOST: '127.0.0.1',
      LONGSPAN_PUBLISH_TOKENS: 'test-publish-token',
      LONGSPAN_NATS_URL: nats.urls.join(','),
    },
  });
  const ready = service.start();
  await expect.poll(() => service.log, { timeout: 30_000 }).toContain('start.waiting');
  await nats.start(1);
  await nats.start(2);
  await ready;
  expect(service.log).toContain('ingress.ready');
});
