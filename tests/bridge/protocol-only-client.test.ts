import { SteadyLoad, audit, dumpStreams, verdict } from '@longspan/testkit';
import { expect, test } from 'vitest';
import { startSystem } from './system.ts';

const USERS = 50;
const EVENTS_PER_USER = 200;
const RATE_PER_USER = 8;

test('a client written from the protocol alone gets 10,000 events for 50 users while edges die and return', async () => {
  // Goal: PROTOCOL.md is enough, and the edges alone keep G1 to G3: this client repairs and checks nothing.
  // Method: a steady load; the edges are killed and started again in turn for as long as it lasts.
  await using system = await startSystem();
  const { nats, bridge } = system;
  await using devices = new AsyncDisposableStack();
  const users = Array.from({ length: USERS }, (_, i) => `user-${i}`);
  const clients = await Promise.all(
    users.map(async (user, i) => devices.use(await bridge.rawClient(user, { startAt: i })).connect()),
  );
  await using load = new SteadyLoad({
    users,
    ratePerUser: RATE_PER_USER,
    eventsPerUser: EVENTS_PER_USER,
    publish: bridge.publish,
  });

  const over = new AbortController();
  const done = load.done().finally(() => over.abort());
  let kills = 0;
  while (!over.signal.aborted) {
    const edge = bridge.edge(kills % bridge.edges.length);
    await edge.service.kill();
    kills += 1;
    await Promise.race([load.flows(USERS * 5), done]);
    await edge.service.start();
    await Promise.race([load.flows(USERS * 5), done]);
  }

  await Promise.all(clients.map((client) => client.untilSeen(load.lastAcknowledged(client.log.user))));
  const committed = await dumpStreams(nats.urls);
  const result = audit({ published: load.published, committed, clients: clients.map(({ log }) => log) });
  expect(verdict(result)).toBe('clean');
  expect(result.counts).toMatchObject({ acknowledged: 10_000, committed: 10_000, delivered: 10_000 });
  expect(kills).toBeGreaterThan(2);
});
