import { SteadyLoad, audit, dumpStreams, verdict } from '@longspan/testkit';
import { expect, test } from 'vitest';
import { startSystem } from './system.ts';

test("G6: events commit in their publisher's order, across lost answers, resets and a killed server", async () => {
  // Goal: a retried publish neither overtakes nor is overtaken, and is not committed twice.
  // Method: loads through an ingress whose link to NATS goes dark before answers arrive, is reset, and whose server
  // is killed; a client's audit compares the stream with the order of publishing.
  await using system = await startSystem({ edges: 1, relayNats: true });
  const { nats, bridge } = system;
  const link = bridge.ingressNatsLink;
  if (!link) throw new Error('no relay between ingress and NATS');
  const users = ['ada', 'bob', 'cy'];
  await using raw = await (await bridge.rawClient('ada')).connect();
  await using load = new SteadyLoad({ users, ratePerUser: 100, publish: bridge.publish });
  for (let i = 0; i < 3; i += 1) {
    await load.flows(60);
    link.blackhole('down');
    await load.flows(0);
    link.reset();
    link.restore();
  }
  await load.flows(60);
  await nats.kill(0);
  await nats.start(0);
  await load.flows(60);
  await load.stop();
  await raw.untilSeen(load.lastAcknowledged('ada'));
  const committed = await dumpStreams(nats.urls);
  expect(verdict(audit({ published: load.published, committed, clients: [raw.log] }))).toBe('clean');
});
