import { Evidence, startBridge, startNats } from '@longspan/testkit';
import { expect, onTestFailed, test } from 'vitest';

test('services that start at the same moment on a cluster without streams all come up', async ({ task }) => {
  // Goal: a fresh deployment needs no order of starting and no second try.
  // Method: six services race to make the streams on a cluster that has just elected its leader.
  await using nats = await startNats({ nodes: 3 });
  task.meta.backend = nats.backend;
  await using evidence = new Evidence('failover', task.name);
  const startedMs = performance.now();
  await using bridge = await startBridge({ nats, edges: 4, agents: 1 });
  onTestFailed(() => console.log(bridge.logTail()));
  const seconds = (performance.now() - startedMs) / 1_000;
  evidence.figure({
    metric: 'Failover, cold start: six services at once on a cluster without streams',
    requirement: 'all ready within 60 s',
    achieved: `${seconds.toFixed(1)} s`,
    holds: seconds < 60,
  });
  const [receipt] = await bridge.ingress.publish('ada', [{ id: 'first', type: 'tick' }]);
  expect(receipt).toMatchObject({ id: 'first', duplicate: false });
  for (let i = 0; i < bridge.edges.length; i += 1) {
    await using client = await (await bridge.rawClient('ada', { startAt: i })).connect();
    await client.untilSeen('first');
  }
});
