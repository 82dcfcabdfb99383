import {
  Evidence,
  judged,
  REGIONS,
  scaled,
  SteadyLoad,
  type RecordedClient,
  type Region,
} from '@longspan/testkit';
import { expect, onTestFailed, test } from 'vitest';
import { startWorld, type World } from './world.ts';

const STREAM = 'LONGSPAN_EVENTS_0';
const HOME: Region = 'europe';
const USERS = Array.from(
  { length: scaled({ short: 3, quick: 6, full: 10, long: 20 }) },
  (_, i) => `nomad-${i}`,
);
const RATE_PER_USER = 10;
/** In each, a region is lost and comes back. */
const LOSSES = scaled({ short: 1, quick: 1, full: 5, long: 200 });
/** Three ways across the world and a quorum between: what a median delivery may take at most. */
const MEDIAN_MS = 500;

test('three regions serve each user in one order, and the loss of one costs no event', async ({ task }) => {
  // Goal: G1, G2, G9, G10 over long ways. Method: a NATS node and an edge in each of three regions, 80, 150 and 220 ms
  // from each other; each user has a device in every region; the ingress is in Europe. While events flow, lose another
  // region as a whole, that of the stream's leader if possible: its node hears no other node, nobody reaches its edge.
  // Its devices go to other regions. Heal it; a newcomer there gets everything.
  await using evidence = new Evidence('geography', 'Three regions, one lost and healed');
  const random = evidence.random('which region');
  await using world = await startWorld(HOME, evidence.random('network'));
  const { nats, bridge } = world;
  task.meta.backend = nats.backend;
  onTestFailed(async () => {
    console.log(bridge.logTail());
    for (const [node, region] of REGIONS.entries())
      console.log(`--- NATS in ${region}`, await nats.log(node));
  });
  await using cleanup = new AsyncDisposableStack();
  const devices = REGIONS.flatMap((region) =>
    USERS.map((user) => cleanup.use(deviceIn(world, region, user, evidence))),
  );
  await Promise.all(devices.map((device) => device.untilLive()));
  await using load = new SteadyLoad({ users: USERS, ratePerUser: RATE_PER_USER, publish: bridge.publish });
  const enough = USERS.length * RATE_PER_USER * 2;
  await load.flows(enough);

  for (let loss = 0; loss < LOSSES; loss += 1) {
    const leader = REGIONS[await nats.waitForLeader(STREAM)];
    const others = REGIONS.filter((region) => region !== HOME);
    const lost = leader === undefined || leader === HOME ? random.pick(others) : leader;
    evidence.mark(`${lost} is lost${lost === leader ? ', with the leader' : ''}`);
    await world.lose(lost);
    await nats.waitForLeader(STREAM);
    await load.flows(enough);
    const during = new Map(USERS.map((user) => [user, load.lastAcknowledged(user)]));
    await Promise.all(devices.map((device) => device.untilSeen(during.get(device.log.user) ?? '')));
    evidence.mark('everybody goes on without it');
    await world.heal(lost);
    evidence.mark(`${lost} is healed`);
    const newcomer = cleanup.use(deviceIn(world, lost, random.pick(USERS), evidence));
    devices.push(newcomer);
    await newcomer.untilLive();
    expect(newcomer.edges[0]).toBe(world.edgeIn(lost).name);
    await load.flows(enough);
  }

  evidence.audited(
    'Geography: events lost, repeated or reordered in three regions, one lost and healed',
    await judged(nats, load, devices),
  );
  for (const region of REGIONS) {
    const latency = evidence.latency(latencyIn(region));
    evidence.figure({
      metric: `Geography: publish in ${HOME} to callback in ${region}, median`,
      requirement: `< ${MEDIAN_MS} ms, most of it distance`,
      achieved: `${latency.percentileMs(50).toFixed(0)} ms, ${latency.count.toLocaleString('en')} events (p99 ${latency.percentileMs(99).toFixed(0)} ms, loss of a region included)`,
      holds: latency.percentileMs(50) < MEDIAN_MS,
    });
  }
});

/** A device that prefers its own region's edge and knows the others. */
function deviceIn(world: World, region: Region, user: string, evidence: Evidence): RecordedClient {
  return world.bridge.client(user, {
    urls: world.urlsFrom(region),
    label: `${user} in ${region}`,
    latency: evidence.latency(latencyIn(region)),
    reconnect: evidence.latency('connection lost to caught up, in another region'),
  });
}

function latencyIn(region: Region): string {
  return `publish to callback in ${region}`;
}
