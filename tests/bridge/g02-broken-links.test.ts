import { SteadyLoad, FaultProxy, audit, dumpStreams, verdict } from '@longspan/testkit';
import { expect, test } from 'vitest';
import { startSystem } from './system.ts';

test('G2: a connection that goes dark without a word is given up, and its client goes on at another edge', async () => {
  // Goal: a network that swallows bytes, as when a phone changes networks, costs seconds and no event.
  // Method: clients of both kinds reach edge-0 by a relay, which turns into a blackhole under load.
  await using system = await startSystem({ env: { LONGSPAN_HEARTBEAT_MS: '500' } });
  const { nats, bridge } = system;
  const port = Number(new URL(bridge.edge(0).url).port);
  await using relay = await FaultProxy.listen(() => port);
  const darkUrl = `http://127.0.0.1:${relay.port}`;
  await using app = bridge.client('ada', { urls: [darkUrl, bridge.edge(1).url] });
  await using raw = await (
    await bridge.rawClient('ada', {
      endpoints: [`ws://127.0.0.1:${relay.port}/v1/ws`, bridge.edge(1).endpoint],
    })
  ).connect();
  await app.client.caughtUp();
  await using load = new SteadyLoad({ users: ['ada'], ratePerUser: 100, publish: bridge.publish });
  await load.flows(50);
  relay.blackhole();
  await Promise.all([
    app.until('is at edge-1', () => app.edges.at(-1) === 'edge-1'),
    raw.until('is at edge-1', () => raw.edge === 'edge-1' && raw.caughtUp),
  ]);
  await load.stop();
  const last = load.lastAcknowledged('ada');
  await Promise.all([app.untilSeen(last), raw.untilSeen(last)]);
  const committed = await dumpStreams(nats.urls);
  const clients = [app.log, raw.log];
  expect(verdict(audit({ published: load.published, committed, clients }))).toBe('clean');
});

test('G2: an edge whose link to NATS goes dark or breaks keeps its sessions and catches up', async () => {
  // Goal: what an edge misses while it hears nothing from NATS reaches its clients when it hears again.
  // Method: under load, hold the link's bytes, then reset it, several times; the session stays the same throughout.
  await using system = await startSystem({ edges: 1, relayNats: true });
  const { nats, bridge } = system;
  const link = bridge.edge(0).natsLink;
  if (!link) throw new Error('no relay between edge and NATS');
  await using raw = await (await bridge.rawClient('ada')).connect();
  await using load = new SteadyLoad({ users: ['ada'], ratePerUser: 100, publish: bridge.publish });
  for (let i = 0; i < 3; i += 1) {
    link.blackhole();
    await load.flows(100);
    link.restore();
    await raw.untilSeen(load.lastAcknowledged('ada'));
    link.refuse();
    await load.flows(100);
    link.restore();
    await raw.untilSeen(load.lastAcknowledged('ada'));
  }
  await load.stop();
  await raw.untilSeen(load.lastAcknowledged('ada'));
  expect(raw.closes).toEqual([]);
  const committed = await dumpStreams(nats.urls);
  expect(verdict(audit({ published: load.published, committed, clients: [raw.log] }))).toBe('clean');
});
