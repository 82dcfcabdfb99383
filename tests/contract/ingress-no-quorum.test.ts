import { startNats } from '@longspan/testkit';
import { expect, test } from 'vitest';
import { prepareIngress, startIngress } from './ingress-process.ts';

test('without a quorum publishes are refused after their budget, history is served and says that it may be old', async () => {
  // Goal: 503 with Retry-After and nothing half-published; readers get what the replicas have. Method: three nodes,
  // two of them killed, then brought back; the refused event is sent again with its id.
  await using nats = await startNats({ nodes: 3 });
  await using ingress = await startIngress(nats, { LONGSPAN_PUBLISH_BUDGET_MS: '1000' });
  const post = (n: number) =>
    ingress.post('ada', 'application/json', { type: 'noted', source: '/test', id: `${n}` });
  const history = (user = 'ada') => ingress.request(`/v1/users/${user}/events`);
  const ids = async (response: Response) =>
    ((await response.json()) as { events: { event: { id: string } }[] }).events.map(({ event }) => event.id);
  await ingress.publish('ada', ['1']);

  await nats.kill(1);
  await nats.kill(2);
  const refused = await post(2);
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ code: 'no_quorum' });
  await expect(ingress.publish('bob', ['x', 'y', 'z'])).rejects.toThrow(/^503: /);
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
  expect([[], ['x', 'y', 'z']]).toContainEqual(await ids(await history('bob')));
  await expect
    .poll(async () => (await history()).headers.get('longspan-fresh'), { timeout: 30_000 })
    .toBe('true');
});

test('an ingress that starts before its cluster has a quorum waits for it', async () => {
  // Goal: the order of starting does not matter. Method: one node of three, an ingress, then the other two.
  await using nats = await startNats({ nodes: 3 });
  await nats.kill(1);
  await nats.kill(2);
  await using ingress = await prepareIngress(nats);
  const ready = ingress.service.start();
  await expect.poll(() => ingress.service.log, { timeout: 30_000 }).toContain('start.waiting');
  await nats.start(1);
  await nats.start(2);
  await ready;
  expect(ingress.service.log).toContain('ingress.ready');
});
