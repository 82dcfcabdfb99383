import { Evidence, SteadyLoad, judged, startBridge, startNats } from '@longspan/testkit';
import { expect, onTestFailed, test } from 'vitest';
import { conclude, timings } from './conclude.ts';

const CUT = 0;

test('an edge on the wrong side of a partition goes on when it is healed, and nobody else notices', async ({
  task,
}) => {
  // Goal: an edge that hears nothing new knows that it is not up to date, says so, and loses nothing (G2, G9).
  // Method: edge-0 knows only the node that is cut off, edge-1 and the ingress only the other two. While it is cut:
  // edge-1's client gets everything as it comes, edge-0's gets nothing, and one that comes to edge-0 is told so.
  await using nats = await startNats({ nodes: 3 });
  task.meta.backend = nats.backend;
  await using evidence = new Evidence('failover', task.name);
  const majority = nats.urls.filter((_, node) => node !== CUT);
  const minority = nats.urls.filter((_, node) => node === CUT);
  await using bridge = await startBridge({
    nats,
    env: { LONGSPAN_EVENTS_PER_USER: '1000000' },
    natsUrlsOf: (service) => (service === 'edge-0' ? minority : majority),
  });
  onTestFailed(() => console.log(bridge.logTail()));
  const onEdge = (index: number, name: string) =>
    bridge.rawClient('ada', { endpoints: [bridge.edge(index).endpoint], name, ...timings(evidence) });
  await using cutOff = await (await onEdge(0, 'cut-off')).connect();
  await using served = await (await onEdge(1, 'served')).connect();
  await using load = new SteadyLoad({ users: ['ada'], ratePerUser: 50, publish: bridge.publish });
  await load.flows(50);

  evidence.mark('one node cut off');
  await nats.partition(CUT);
  await nats.waitForLeader('LONGSPAN_EVENTS_0');
  await load.flows(200);
  const during = load.lastAcknowledged('ada');
  await served.untilSeen(during);
  expect(cutOff.has(during)).toBe(false);
  await using newcomer = (await onEdge(0, 'newcomer')).start();
  await newcomer.until('is told', () => newcomer.errors.includes('not_caught_up'));
  expect(newcomer.caughtUp).toBe(false);

  evidence.mark('healed');
  await nats.heal(CUT);
  await nats.waitCurrent(CUT);
  const clients = [cutOff, served, newcomer];
  const judgement = await judged(nats, load, clients);
  await newcomer.until('has caught up', () => newcomer.caughtUp);
  expect([...served.closes, ...newcomer.closes]).toEqual([]);
  conclude(evidence, 'partition with clients on both sides', judgement, 60_000);
});
