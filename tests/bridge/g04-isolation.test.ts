import { SteadyLoad, audit, dumpStreams, verdict } from '@longspan/testkit';
import { expect, test } from 'vitest';
import { startSystem } from './system.ts';

/** Names that differ little, and names that would be wildcards, separators or encodings if they were not encoded. */
const USERS = [
  'ada',
  'Ada',
  'ada.b',
  'ada b',
  '>',
  '*',
  'ada.>',
  'ada=2Eb',
  'ädá',
  '../ada',
  'ev.0.ada',
  '0',
];

test('G4: users with the most confusable names each get their own events only', async () => {
  // Goal: no encoding, wildcard or shared feed lets an event reach another user.
  // Method: all under load at once, edges killed meanwhile; any event of another user is a fault in the audit.
  await using system = await startSystem();
  const { nats, bridge } = system;
  await using devices = new AsyncDisposableStack();
  const clients = await Promise.all(
    USERS.map(async (user, i) => devices.use(await bridge.rawClient(user, { startAt: i })).connect()),
  );
  await using load = new SteadyLoad({ users: USERS, ratePerUser: 30, publish: bridge.publish });
  await load.flows(USERS.length * 10);
  await bridge.edge(0).service.kill();
  await load.flows(USERS.length * 10);
  await load.stop();
  await Promise.all(clients.map((client) => client.untilSeen(load.lastAcknowledged(client.log.user))));
  const committed = await dumpStreams(nats.urls);
  const result = audit({ published: load.published, committed, clients: clients.map(({ log }) => log) });
  expect(verdict(result)).toBe('clean');
  expect(new Set(committed.map(({ user }) => user))).toEqual(new Set(USERS));
});

test('G4: without a valid token for the user nothing is delivered', async () => {
  // Goal: only what a token proves counts: no frame's word, no expired token, no change of user in a session.
  // Method: hostile clients, one kind each; the close code says why, and none has seen an event.
  await using system = await startSystem({ edges: 1 });
  const { bridge } = system;
  await bridge.ingress.publish('ada', [{ id: 'secret', type: 'tick' }]);
  const attempts = {
    forged: { token: `${(await bridge.token('ada')).slice(0, -8)}AAAAAAAA` },
    expired: { token: await bridge.token('ada', new Date(Date.now() - 60_000)) },
    absent: { token: '' },
  };
  for (const [name, { token }] of Object.entries(attempts)) {
    await using client = await bridge.rawClient('ada', { token, name });
    client.start();
    await client.until('is turned away', () => client.closes.includes(4401));
    expect(client.seen).toEqual([]);
    expect(client.framesOf('welcome')).toBe(0);
  }

  await using bob = await (await bridge.rawClient('bob')).connect();
  bob.send({ type: 'auth', token: await bridge.token('ada') });
  await bob.until('is turned away', () => bob.closes.includes(4403));
  expect(bob.seen).toEqual([]);
});
