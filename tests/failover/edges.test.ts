import {
  Evidence,
  scaled,
  startBridge,
  startNats,
  SteadyRun,
  type Bridge,
  type NatsCluster,
} from '@longspan/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest';
import { conclude, timings } from './conclude.ts';

// Goal: an edge may die, freeze or leave at any moment; its users go on at another one, without loss or repetition (G10).
// Method: three NATS nodes, two edges; clients of two kinds stream throughout; take one edge away and bring it back,
// then the other; what was acknowledged must be what every callback saw.

const HEARTBEAT_MS = 1_000;
const ROUNDS = scaled({ short: 1, quick: 1, full: 2, long: 100 });
/** Longer than clients wait for a sign of life. */
const FROZEN_MS = scaled({ short: 4, quick: 4, full: 30, long: 30 }) * HEARTBEAT_MS;
let nats: NatsCluster;
let bridge: Bridge;

beforeAll(async () => {
  nats = await startNats({ nodes: 3 });
  bridge = await startBridge({
    nats,
    edges: 2,
    env: { LONGSPAN_HEARTBEAT_MS: String(HEARTBEAT_MS), LONGSPAN_EVENTS_PER_USER: '1000000' },
  });
});

afterAll(async () => {
  await bridge?.[Symbol.asyncDispose]();
  await nats?.[Symbol.asyncDispose]();
});

beforeEach(({ task }) => {
  task.meta.backend = nats.backend;
  onTestFailed(() => console.log(bridge.logTail()));
});

test('an edge killed hard costs its users no event', async ({ task }) => {
  await using evidence = new Evidence('failover', task.name);
  await using run = await SteadyRun.start({ nats, bridge, name: 'edge-kill', ...timings(evidence) });
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { name, service } of bridge.edges) {
      evidence.mark(`${name} killed`);
      await service.kill();
      await run.load.flows(200);
      await service.start();
      await run.load.flows(50);
    }
  }
  conclude(evidence, 'edge SIGKILL', await run.finish(), 2_000);
  const reconnect = evidence.latency('reconnect');
  evidence.figure({
    metric: 'Failover, edge SIGKILL: reconnect to another edge',
    requirement: 'p50 < 100 ms',
    achieved: `p50 ${reconnect.percentileMs(50).toFixed(0)} ms, p99 ${reconnect.percentileMs(99).toFixed(0)} ms of ${reconnect.count}`,
    holds: reconnect.percentileMs(50) < 100,
  });
  expect(run.raws.flatMap(({ closes }) => closes)).toContain(1006);
});

test('an edge that drains tells its clients, ends with code 0 and costs no event', async ({ task }) => {
  await using evidence = new Evidence('failover', task.name);
  await using run = await SteadyRun.start({ nats, bridge, name: 'edge-drain', ...timings(evidence) });
  for (let round = 0; round < ROUNDS; round += 1) {
    await bridge.rollEdges(async ({ name }) => {
      evidence.mark(`${name} drained`);
      await run.load.flows(100);
    });
    await run.load.flows(50);
  }
  conclude(evidence, 'rolling restart of the edges', await run.finish(), 2_000);
  for (const raw of run.raws) expect(raw.framesOf('drain')).toBeGreaterThan(0);
});

test('an edge that freezes and thaws costs its users no event', async ({ task }) => {
  // Its sockets stay open, and it wakes with sessions whose clients have long gone on elsewhere.
  await using evidence = new Evidence('failover', task.name);
  await using run = await SteadyRun.start({ nats, bridge, name: 'edge-freeze', ...timings(evidence) });
  const { name, service } = bridge.edge(0);
  evidence.mark(`${name} frozen (SIGSTOP)`);
  service.pause();
  await sleep(FROZEN_MS);
  for (const app of run.apps) await app.until('is served by the other edge', () => app.edges.at(-1) !== name);
  evidence.mark(`${name} thawed (SIGCONT)`);
  service.unpause();
  await run.load.flows(100);
  const seconds = FROZEN_MS / 1_000;
  conclude(evidence, `edge SIGSTOP ${seconds} s, SIGCONT`, await run.finish(), 5 * HEARTBEAT_MS);
});
