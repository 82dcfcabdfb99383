import { SteadyLoad, audit, dumpStreams, verdict } from '@longspan/testkit';
import { expect, test } from 'vitest';
import { startSystem } from './system.ts';

const MIB = 1024 * 1024;
const EVENTS = 3_000;
const EVENT_CHARS = 8_000;
const STOPPED_READERS = 10;
/** All that is owed to the stopped readers is 230 MiB; their outboxes may hold 5 MiB; the rest is the collector's. */
const GROWTH_BYTES_MAX = 100 * MIB;

test('G8: readers that stop cost little memory, hold nobody up, are not dropped and get everything', async () => {
  // Goal: backpressure is the stream's job: what a slow reader has not taken is not kept for it by the edge.
  // Method: ten sessions stop taking bytes while 24 MB of events pass; one reads on; then all read on.
  await using system = await startSystem({
    edges: 1,
    env: { LONGSPAN_EVENTS_PER_USER: String(EVENTS * 2), LONGSPAN_OUTBOX_BYTES_MAX: String(MIB / 2) },
  });
  const { nats, bridge } = system;
  await using devices = new AsyncDisposableStack();
  const connect = async (name: string) => devices.use(await bridge.rawClient('ada', { name })).connect();
  const stopped = await Promise.all(
    Array.from({ length: STOPPED_READERS }, (_, i) => connect(`stopped-${i}`)),
  );
  const reader = await connect('reader');
  const { service } = bridge.edge(0);
  const before = await service.residentBytes();
  for (const client of stopped) client.pause();

  await using load = new SteadyLoad({
    users: ['ada'],
    ratePerUser: 1_000,
    eventsPerUser: EVENTS,
    padChars: EVENT_CHARS,
    publish: bridge.publish,
  });
  await load.done();
  const last = load.lastAcknowledged('ada');
  await reader.untilSeen(last);
  const grown = ((await service.residentBytes()) ?? 0) - (before ?? 0);
  expect(stopped.every((client) => !client.has(last))).toBe(true);
  expect(grown).toBeLessThan(GROWTH_BYTES_MAX);

  for (const client of stopped) client.resume();
  await Promise.all(stopped.map((client) => client.untilSeen(last, 60_000)));
  const clients = [reader, ...stopped];
  expect(clients.flatMap(({ closes }) => closes)).toEqual([]);
  const committed = await dumpStreams(nats.urls);
  const result = audit({ published: load.published, committed, clients: clients.map(({ log }) => log) });
  expect(verdict(result)).toBe('clean');
});
