import { SteadyLoad, audit, dumpStreams, verdict } from '@longspan/testkit';
import { expect, test } from 'vitest';
import { startSystem } from './system.ts';

test('G10: each edge takes over from each other one, at every position, and killing one loses nothing', async () => {
  // Goal: a session's state is its position, and that is good on every edge, also on one that never saw the user.
  // Method: three edges, clients on all of them; under load all edges but one are killed, each survivor in turn
  // taking everybody; then compare.
  await using system = await startSystem({ edges: 3 });
  const { nats, bridge } = system;
  const users = Array.from({ length: 12 }, (_, i) => `user-${i}`);
  await using devices = new AsyncDisposableStack();
  const raws = await Promise.all(
    users.map(async (user, i) => devices.use(await bridge.rawClient(user, { startAt: i })).connect()),
  );
  const apps = users.map((user, i) => devices.use(bridge.client(user, { startAt: i + 1 })));
  await Promise.all(apps.map(({ client }) => client.caughtUp()));
  await using load = new SteadyLoad({ users, ratePerUser: 20, publish: bridge.publish });

  for (const survivor of bridge.edges) {
    const others = bridge.edges.filter((edge) => edge !== survivor);
    await Promise.all(others.map(({ service }) => service.kill()));
    await Promise.all([
      ...raws.map((raw) =>
        raw.until('is served by the survivor', () => raw.edge === survivor.name && raw.caughtUp),
      ),
      ...apps.map((app) => app.until('is served by the survivor', () => app.edges.at(-1) === survivor.name)),
    ]);
    await load.flows(users.length * 5);
    await Promise.all(others.map(({ service }) => service.start()));
  }
  await load.stop();
  const clients = [...raws, ...apps];
  await Promise.all(clients.map((client) => client.untilSeen(load.lastAcknowledged(client.log.user))));
  const committed = await dumpStreams(nats.urls);
  const result = audit({ published: load.published, committed, clients: clients.map(({ log }) => log) });
  expect(verdict(result)).toBe('clean');
});
