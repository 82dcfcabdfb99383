import { Evidence, SteadyLoad, audit, dumpStreams, startBridge, startNats } from '@longspan/testkit';
import { expect, onTestFailed, test } from 'vitest';
import { conclude, timings } from './conclude.ts';

test('without a quorum readers get what is there and are told so; with it back, everything comes', async ({
  task,
}) => {
  // Goal: the loss of a majority stops the flow and nothing else: no event is lost, repeated or made up, no session
  // ends for it, a publish is answered by 503, and nobody has to start anything again.
  // Method: kill two of three nodes under load; look; start them again.
  await using nats = await startNats({ nodes: 3 });
  task.meta.backend = nats.backend;
  await using evidence = new Evidence('failover', task.name);
  await using bridge = await startBridge({
    nats,
    env: { LONGSPAN_PUBLISH_BUDGET_MS: '3000', LONGSPAN_EVENTS_PER_USER: '1000000' },
  });
  onTestFailed(() => console.log(bridge.logTail()));
  await using early = await (
    await bridge.rawClient('ada', { name: 'early', ...timings(evidence) })
  ).connect();
  await using load = new SteadyLoad({ users: ['ada'], ratePerUser: 50, publish: bridge.publish });
  await load.flows(100);
  const before = load.lastAcknowledged('ada');
  await early.untilSeen(before);

  evidence.mark('two of three nodes killed');
  await Promise.all([nats.kill(1), nats.kill(2)]);
  const refused = await bridge.ingress.request('/v1/users/ada/events', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'tick', id: 'refused' }),
  });
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).not.toBeNull();
  await using late = (await bridge.rawClient('ada', { startAt: 1, name: 'late' })).start();
  await late.untilSeen(before);
  await late.until('is told', () => late.errors.includes('not_caught_up'));
  expect(late.caughtUp).toBe(false);

  evidence.mark('started again');
  const startedMs = performance.now();
  await Promise.all([nats.start(1), nats.start(2)]);
  await late.until('has caught up', () => late.caughtUp);
  await load.flows(100);
  const healedMs = performance.now() - startedMs;
  evidence.figure({
    metric: 'Failover, majority back: until events flow again and newcomers are caught up',
    requirement: '< 20 s',
    achieved: `${(healedMs / 1_000).toFixed(1)} s`,
    holds: healedMs < 20_000,
  });
  await load.stop();
  const clients = [early, late];
  await Promise.all(clients.map((client) => client.untilSeen(load.lastAcknowledged('ada'))));
  expect(early.closes).toEqual([]);
  // The publish that was answered by 503 may have been committed, or not.
  const published = [
    ...load.published,
    { publisher: 'test', user: 'ada', id: 'refused', outcome: 'indeterminate' as const },
  ];
  const committed = await dumpStreams(nats.urls);
  const logs = clients.map(({ log }) => log);
  conclude(evidence, 'majority loss and return', audit({ published, committed, clients: logs }), 60_000);
});
