import { startBridge, startNats, SteadyRun, verdict, type Bridge, type NatsCluster } from '@longspan/testkit';
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest';

// Goal: an edge may die or leave at any moment; its users go on at another one, without loss or repetition (G10).
// Method: three NATS nodes, two edges; clients of two kinds stream throughout; take one edge away and bring it back,
// then the other; what was acknowledged must be what every callback saw.

let nats: NatsCluster;
let bridge: Bridge;

beforeAll(async () => {
  nats = await startNats({ nodes: 3 });
  bridge = await startBridge({ nats, edges: 2 });
});

afterAll(async () => {
  await bridge?.[Symbol.asyncDispose]();
  await nats?.[Symbol.asyncDispose]();
});

beforeEach(({ task }) => {
  task.meta.backend = nats.backend;
  onTestFailed(() => console.log(bridge.logTail()));
});

test('an edge killed hard costs its users no event', async () => {
  await using run = await SteadyRun.start({ nats, bridge, name: 'edge-kill' });
  for (const edge of bridge.edges) {
    await edge.service.kill();
    await run.load.flows(200);
    await edge.service.start();
    await run.load.flows(50);
  }
  expect(verdict(await run.finish())).toBe('clean');
  expect(run.raws.flatMap(({ closes }) => closes)).toContain(1006);
});

test('an edge that drains tells its clients, ends with code 0 and costs no event', async () => {
  await using run = await SteadyRun.start({ nats, bridge, name: 'edge-drain' });
  for (const edge of bridge.edges) {
    expect(await edge.service.drain()).toBe(0);
    await run.load.flows(100);
    await edge.service.start();
    await run.load.flows(50);
  }
  expect(verdict(await run.finish())).toBe('clean');
  for (const raw of run.raws) expect(raw.framesOf('drain')).toBeGreaterThan(0);
});
