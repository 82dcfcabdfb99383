import { Evidence, judged, KeyServer, scaled, startBridge, startNats, SteadyLoad } from '@longspan/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFailed, test } from 'vitest';

/** Keys count as old after this: the outage is longer. */
const REFRESH_MS = 1_000;
const BETWEEN_MS = 100;
const AWAY_MS = scaled({ short: 3_000, quick: 3_000, full: 20_000, long: 300_000 });

test('with the identity provider gone, edges that know its keys serve everybody, others say so, and both heal', async ({
  task,
}) => {
  // Goal: an outage of the key server ends no session and turns away nobody whose key is known, however old it is; where
  // no key is known it is told as a fault (4500), never as a verdict on the token (4401).
  // Method: edge-0 knows the keys, edge-1 has never fetched them; the key server leaves for longer than keys count as
  // fresh, while newcomers with tokens of their own come to edge-0, and one insists on edge-1; then it is back.
  await using keys = await KeyServer.start();
  await using nats = await startNats({ nodes: 1, backend: 'processes' });
  await using evidence = new Evidence('degradation', task.name);
  const env = {
    LONGSPAN_JWKS_URL: keys.url,
    LONGSPAN_JWKS_REFRESH_MS: String(REFRESH_MS),
    LONGSPAN_EVENTS_PER_USER: '1000000',
  };
  await using bridge = await startBridge({ nats, env });
  onTestFailed(() => console.log(bridge.logTail()));
  const [knowing, ignorant] = bridge.edges.map(({ url }) => bridge.through([url]));
  if (!knowing || !ignorant) throw new Error('two edges were asked for');
  const token = () => keys.sign('ada');
  await using early = knowing.client('ada', { label: 'early', token });
  await early.client.caughtUp();
  await using load = new SteadyLoad({ users: ['ada'], ratePerUser: 50, publish: bridge.publish });
  await load.flows(20);

  evidence.mark('key server gone');
  await keys.leave();
  await using insisting = ignorant.client('ada', { label: 'insisting', token });
  await using refused = (await ignorant.rawClient('ada', { name: 'refused', token: await token() })).start();
  let newcomers = 0;
  const untilMs = performance.now() + AWAY_MS;
  while (performance.now() < untilMs) {
    await using newcomer = await (await knowing.rawClient('ada', { token: await token() })).connect();
    await newcomer.untilSeen(load.lastAcknowledged('ada'));
    expect(newcomer.closes).toEqual([]);
    newcomers += 1;
    await sleep(BETWEEN_MS);
  }
  evidence.promise({
    metric: 'Degradation, key server gone: newcomers at an edge that knows the keys',
    requirement: 'every one is served',
    achieved: `${newcomers} of ${newcomers} in ${AWAY_MS / 1_000} s, keys were due to be fetched after ${REFRESH_MS / 1_000} s`,
    holds: newcomers > 0 && bridge.edge(0).service.log.includes('edge.keys.stale'),
  });
  const codes = [...new Set(refused.closes)];
  evidence.promise({
    metric: 'Degradation, key server gone: at an edge that never had the keys',
    requirement: 'closed with 4500 (fault of the edge, come back), never 4401',
    achieved: `${refused.closes.length} times ${codes.join(', ')}; the library is ${insisting.client.state.kind}`,
    holds: codes.length === 1 && codes[0] === 4500 && insisting.client.state.kind !== 'closed',
  });

  evidence.mark('key server back');
  const backMs = performance.now();
  await keys.resume();
  await insisting.client.caughtUp();
  await refused.until('has caught up', () => refused.caughtUp);
  const healedMs = performance.now() - backMs;
  evidence.figure({
    metric: 'Degradation, key server back: until those who were refused are served',
    requirement: '< 30 s, the longest delay of the library',
    achieved: `${(healedMs / 1_000).toFixed(1)} s`,
    holds: healedMs < 30_000,
  });
  expect(early.edges).toHaveLength(1);
  evidence.audited(
    'Degradation, key server gone: events',
    await judged(nats, load, [early, insisting, refused]),
  );
});
