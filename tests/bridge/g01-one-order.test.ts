import { SteadyLoad, audit, dumpStreams, verdict } from '@longspan/testkit';
import { expect, test } from 'vitest';
import { startSystem } from './system.ts';

test('G1: every device of a user sees the events of all its publishers in commit order', async () => {
  // Goal: one order, although two publishers race and the devices are on different edges, of different kinds, and
  // came at different times.
  // Method: two loads for one user; two devices before, two in the middle, two after; compare with the stream.
  await using system = await startSystem();
  const { nats, bridge } = system;
  await using devices = new AsyncDisposableStack();
  const join = async (startAt: number) => [
    devices.use(await bridge.rawClient('ada', { startAt, name: `raw-${startAt}` })).connect(),
    devices.use(bridge.client('ada', { startAt, label: `app-${startAt}` })),
  ];
  const options = { users: ['ada'], ratePerUser: 150, eventsPerUser: 300, publish: bridge.publish };
  const early = await Promise.all(await join(0));
  await using one = new SteadyLoad(options);
  await using two = new SteadyLoad(options);
  await one.flows(100);
  const middle = await Promise.all(await join(1));
  await Promise.all([one.done(), two.done()]);
  const late = await Promise.all(await join(0));

  const clients = [...early, ...middle, ...late];
  const committed = await dumpStreams(nats.urls);
  const order = committed.map(({ id }) => id);
  await Promise.all(clients.map((client) => client.untilSeen(order.at(-1) ?? '')));
  for (const { seen } of clients)
    expect(seen.map((entry) => entry.kind === 'event' && entry.id)).toEqual(order);
  const published = [...one.published, ...two.published];
  expect(verdict(audit({ published, committed, clients: clients.map(({ log }) => log) }))).toBe('clean');
});
