import { SteadyLoad, audit, dumpStreams, verdict } from '@longspan/testkit';
import { expect, test } from 'vitest';
import { startSystem } from './system.ts';

const MIB = 1024 * 1024;
/** Users of their own, since sessions of one user would share what is kept for them. */
const USERS = ['ada', 'bob', 'cy', 'dan'];
const EVENTS = 4_000;
const EVENT_CHARS = 10_000;
/**
 * Outboxes may hold 2 MiB; the garbage of passing 160 MB through adds some 70. An edge that keeps what was not taken
 * grows by 185 MB here.
 */
const GROWTH_BYTES_MAX = 120 * MIB;

test('G8: readers that stop cost little memory, hold nobody up, are not dropped and get everything', async () => {
  // Goal: backpressure is the stream's job: what a slow reader has not taken is not kept for it by the edge.
  // Method: a session of each user stops taking bytes while 40 MB of the user's events pass; another session reads
  // on, and gets them all; then the stopped ones read on.
  await using system = await startSystem({
    edges: 1,
    env: { LONGSPAN_EVENTS_PER_USER: String(EVENTS * 2), LONGSPAN_OUTBOX_BYTES_MAX: String(MIB / 2) },
  });
  const { nats, bridge } = system;
  await using devices = new AsyncDisposableStack();
  const connect = async (user: string, name: string) =>
    devices.use(await bridge.rawClient(user, { name: `${user}-${name}` })).connect();
  const stopped = await Promise.all(USERS.map((user) => connect(user, 'stopped')));
  const readers = await Promise.all(USERS.map((user) => connect(user, 'reader')));
  const { service } = bridge.edge(0);
  const before = await service.residentBytes();
  for (const client of stopped) client.pause();

  await using load = new SteadyLoad({
    users: USERS,
    ratePerUser: 1_000,
    eventsPerUser: EVENTS,
    padChars: EVENT_CHARS,
    publish: bridge.publish,
  });
  await load.done();
  const last = (client: { readonly log: { readonly user: string } }) =>
    load.lastAcknowledged(client.log.user);
  await Promise.all(readers.map((client) => client.untilSeen(last(client), 60_000)));
  const grown = ((await service.residentBytes()) ?? 0) - (before ?? 0);
  expect(stopped.every((client) => !client.has(last(client)))).toBe(true);
  expect(grown).toBeLessThan(GROWTH_BYTES_MAX);

  for (const client of stopped) client.resume();
  await Promise.all(stopped.map((client) => client.untilSeen(last(client), 60_000)));
  const clients = [...readers, ...stopped];
  expect(clients.flatMap(({ closes }) => closes)).toEqual([]);
  const committed = await dumpStreams(nats.urls);
  const result = audit({ published: load.published, committed, clients: clients.map(({ log }) => log) });
  expect(verdict(result)).toBe('clean');
});
