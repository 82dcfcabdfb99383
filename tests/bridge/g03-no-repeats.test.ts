import { memoryStore } from '@longspan/client';
import { SteadyLoad, audit, dumpStreams, verdict } from '@longspan/testkit';
import { expect, test } from 'vitest';
import { startSystem } from './system.ts';

test('G3: a callback gets an event once, across cuts, reconnects to a live edge and killed edges', async () => {
  // Goal: no repeats at the application, and none on the wire either, since the position says what was had.
  // Method: under a steady load: cut, switch edges without a break, kill an edge; then count.
  await using system = await startSystem();
  const { nats, bridge } = system;
  await using raw = await (await bridge.rawClient('ada')).connect();
  await using app = bridge.client('ada');
  await using load = new SteadyLoad({ users: ['ada'], ratePerUser: 200, publish: bridge.publish });
  for (let i = 0; i < 6; i += 1) {
    await load.flows(60);
    raw.cut();
    if (i % 2 === 0) app.client.disconnect();
    else app.client.reconnect();
  }
  await bridge.edge(0).service.kill();
  await load.flows(60);
  await load.stop();
  const last = load.lastAcknowledged('ada');
  await Promise.all([raw.untilSeen(last), app.untilSeen(last)]);
  const committed = await dumpStreams(nats.urls);
  const result = audit({ published: load.published, committed, clients: [raw.log, app.log] });
  expect(verdict(result)).toBe('clean');
});

test('G3: an application that is loaded anew with its stored position goes on where it was', async () => {
  // Goal: a reloaded page neither repeats nor misses an event.
  // Method: three lives of one application over one store, under a load; their callbacks together saw all, once.
  await using system = await startSystem();
  const { nats, bridge } = system;
  await using load = new SteadyLoad({ users: ['ada'], ratePerUser: 200, publish: bridge.publish });
  const store = memoryStore();
  const seen = [];
  for (let life = 0; life < 3; life += 1) {
    await using app = bridge.client('ada', { store, startAt: life });
    await app.client.caughtUp();
    await load.flows(100);
    if (life === 2) {
      await load.stop();
      await app.untilSeen(load.lastAcknowledged('ada'));
    }
    await app[Symbol.asyncDispose]();
    seen.push(...app.seen);
  }
  const committed = await dumpStreams(nats.urls);
  const clients = [{ client: 'page', user: 'ada', from: 0, seen }];
  expect(verdict(audit({ published: load.published, committed, clients }))).toBe('clean');
});
