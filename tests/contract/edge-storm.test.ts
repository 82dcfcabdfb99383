import { startBridge, startNats, type RawClient } from '@longspan/testkit';
import { expect, test } from 'vitest';

const USERS = 200;

test('G10: a storm of resumes gets everybody what was missed, once and in order, whoever missed how much', async () => {
  // Goal: many who come back at once are served together; that must not mix, lose or repeat anything.
  // Method: 200 sessions on one edge, which is killed; while it is gone, the users get none, two or many events each; all
  // come back at the other edge at the same moment. The expectation is what the ingress has acknowledged.
  await using nats = await startNats({ nodes: 1, backend: 'processes' });
  await using bridge = await startBridge({ nats, edges: 2, env: { LONGSPAN_EVENTS_PER_USER: '100' } });
  await using clients = new AsyncDisposableStack();
  const users = Array.from({ length: USERS }, (_, n) => `storm-${n}`);
  const expected = new Map<string, string[]>(users.map((user) => [user, []]));

  const publish = async (user: string, count: number) => {
    if (count === 0) return;
    const ids = Array.from({ length: count }, () => crypto.randomUUID());
    await bridge.publish(
      user,
      ids.map((id, n) => ({ type: 'note', id, source: '/storm', data: { n } })),
    );
    expected.get(user)?.push(...ids);
  };
  const all: RawClient[] = await Promise.all(
    users.map(async (user) => {
      await publish(user, 1);
      return clients.use(await bridge.rawClient(user)).connect();
    }),
  );

  await bridge.edge(0).service.kill();
  await bridge.edge(1).service.kill();
  await Promise.all(users.map((user, n) => publish(user, n % 3 === 0 ? 0 : n % 50 === 1 ? 60 : 2)));
  await bridge.edge(1).service.start();
  await Promise.all(
    all.map((client, n) =>
      client.until('has everything', () => client.seen.length >= (expected.get(users[n] ?? '')?.length ?? 0)),
    ),
  );
  await Promise.all(all.map((client) => client.until('has caught up', () => client.caughtUp)));
  for (const [n, client] of all.entries()) {
    expect(client.seen.flatMap((seen) => ('id' in seen ? [seen.id] : []))).toEqual(
      expected.get(users[n] ?? ''),
    );
    expect(client.framesOf('gap')).toBe(0);
  }
});
