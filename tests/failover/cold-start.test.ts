import { startBridge, startNats } from '@longspan/testkit';
import { expect, onTestFailed, test } from 'vitest';

test('services that start at the same moment on a cluster without streams all come up', async ({ task }) => {
  // Goal: a fresh deployment needs no order of starting and no second try.
  // Method: six services race to make the streams on a cluster that has just elected its leader.
  await using nats = await startNats({ nodes: 3 });
  task.meta.backend = nats.backend;
  await using bridge = await startBridge({ nats, edges: 4, agents: 1 });
  onTestFailed(() => console.log(bridge.logTail()));
  const [receipt] = await bridge.ingress.publish('ada', [{ id: 'first', type: 'tick' }]);
  expect(receipt).toMatchObject({ id: 'first', duplicate: false });
  for (let i = 0; i < bridge.edges.length; i += 1) {
    await using client = await (await bridge.rawClient('ada', { startAt: i })).connect();
    await client.untilSeen('first');
  }
});
