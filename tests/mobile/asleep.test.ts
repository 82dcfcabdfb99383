import {
  audit,
  dumpStreams,
  eventually,
  Evidence,
  JWT_SECRET,
  judged,
  MobilePath,
  PROFILES,
  startBridge,
  startNats,
  SteadyLoad,
  streamFacts,
  type Bridge,
} from '@longspan/testkit';
import { expect, onTestFailed, test } from 'vitest';
import { SleepyDevice } from './sleepy-device.ts';

const TOKEN_SECONDS = 3;
const KEPT = 50;

test('a device that sleeps past its token asks for a new one and goes on where it was', async () => {
  // Goal: an expired token is an errand, not an end. Method: a device with tokens that last three seconds is frozen as a
  // whole until the edge has sent it away for its token; events come all the while; it wakes.
  await using evidence = new Evidence('mobile', 'A device asleep past its token');
  await using nats = await startNats({ nodes: 1, backend: 'processes' });
  await using bridge = await startBridge({ nats });
  onTestFailed(() => console.log(bridge.logTail()));
  const urls = bridge.edges.map(({ url }) => url);
  await using device = new SleepyDevice({
    urls,
    user: 'ada',
    secret: JWT_SECRET,
    tokenSeconds: TOKEN_SECONDS,
  });
  await device.untilLive();
  await using load = new SteadyLoad({ users: ['ada'], ratePerUser: 20, publish: bridge.publish });
  await load.flows(20);
  evidence.mark('the device sleeps');
  device.sleep();
  const asked = device.tokens;
  await untilSentAway(bridge, 'token_expired');
  await load.flows(20);
  evidence.mark('it wakes');
  device.wake();
  await device.untilLive(2);
  evidence.audited(
    'Mobile: events lost or repeated by a device asleep past its token',
    await judged(nats, load, [device]),
  );
  evidence.promise({
    metric: 'Mobile: a device asleep past its token',
    requirement: 'its application is asked for a new token, the session goes on',
    achieved: `asked ${device.tokens - asked} times after waking, live again`,
    holds: device.tokens > asked,
  });
});

test('a device that sleeps past the retention is told the gap, and then gets the rest', async () => {
  // Goal: G2 where the log does not wait: the gap is told, exactly over what is gone, and nothing else is missing.
  // Method: keep 50 events a user; freeze a device, whose network forgets its connection; publish 200; it wakes.
  await using evidence = new Evidence('mobile', 'A device asleep past the retention');
  await using nats = await startNats({ nodes: 1, backend: 'processes' });
  const env = { LONGSPAN_HEARTBEAT_MS: '500', LONGSPAN_EVENTS_PER_USER: String(KEPT) };
  await using bridge = await startBridge({ nats, edges: 1, env });
  onTestFailed(() => console.log(bridge.logTail()));
  const port = Number(new URL(bridge.edge(0).url).port);
  await using path = await MobilePath.open(port, PROFILES.fast4G, evidence.random('network'));
  const urls = [`http://127.0.0.1:${path.port}`];
  await using device = new SleepyDevice({ urls, user: 'ada', secret: JWT_SECRET, tokenSeconds: 600 });
  await device.untilLive();
  const events = Array.from({ length: 210 }, (_, n) => ({ id: `e-${n}`, type: 'tick' }));
  await bridge.ingress.publish('ada', events.slice(0, 10));
  await device.untilSeen('e-9');
  evidence.mark('the device sleeps');
  device.sleep();
  path.handover(PROFILES.fast4G);
  await untilSentAway(bridge, 'silent');
  await bridge.ingress.publish('ada', events.slice(10));
  evidence.mark('it wakes');
  device.wake();
  await device.untilSeen('e-209');

  const committed = await dumpStreams(nats.urls);
  const streams = await streamFacts(nats.urls);
  const published = events.map(({ id }) => ({
    publisher: 'test',
    user: 'ada',
    id,
    outcome: 'acknowledged' as const,
  }));
  evidence.audited(
    'Mobile: events lost or repeated by a device asleep past the retention, beyond the gap that it is told',
    audit({ published, committed, streams, clients: [device.log] }),
  );
  const gaps = device.seen.filter((entry) => entry.kind === 'gap');
  const rest = device.seen.slice(device.seen.findIndex(({ kind }) => kind === 'gap') + 1);
  evidence.promise({
    metric: 'Mobile: a device asleep past the retention',
    requirement: 'one gap is told over what is gone, then comes all that is kept',
    achieved: `${gaps.length} gap (${gaps.map(({ reason }) => reason).join(', ')}) over ${events.length - 10 - committed.length} events, then ${rest.length} of ${committed.length} kept`,
    holds: gaps.length === 1 && gaps[0]?.reason === 'expired' && rest.length === committed.length,
  });
  expect(committed.length).toBeLessThanOrEqual(KEPT + 1);
});

/** Resolves when an edge has closed a session for this reason. */
async function untilSentAway(bridge: Bridge, reason: string): Promise<void> {
  const isSaid = () => bridge.edges.some(({ service }) => service.log.includes(`"reason":"${reason}"`));
  await eventually(`an edge sends the device away: ${reason}`, isSaid);
}
