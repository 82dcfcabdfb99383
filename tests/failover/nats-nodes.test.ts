import { startBridge, startNats, SteadyRun, verdict, type Bridge, type NatsCluster } from '@longspan/testkit';
import { afterAll, beforeAll, beforeEach, expect, onTestFailed, test } from 'vitest';

// Goal: no fault of a single NATS node loses, repeats or reorders an event for anyone (G1-G3, G5, G6, G9).
// Method: three nodes, two edges, an ingress; clients of two kinds stream throughout, at a steady rate; harm a node,
// await the effect and that events flow again; then what was acknowledged must be what every callback saw.

const STREAM = 'LONGSPAN_EVENTS_0';
let nats: NatsCluster;
let bridge: Bridge;

beforeAll(async () => {
  nats = await startNats({ nodes: 3 });
  bridge = await startBridge({ nats, edges: 2, env: { LONGSPAN_EVENTS_PER_USER: '20000' } });
});

afterAll(async () => {
  await bridge?.[Symbol.asyncDispose]();
  await nats?.[Symbol.asyncDispose]();
});

beforeEach(({ task }) => {
  task.meta.backend = nats.backend;
  onTestFailed(() => console.log(bridge.logTail()));
});

test('a killed stream leader costs no event', async () => {
  await using run = await SteadyRun.start({ nats, bridge, name: 'leader-kill' });
  const leader = await nats.waitForLeader(STREAM);
  await nats.kill(leader);
  expect(await nats.waitForLeader(STREAM)).not.toBe(leader);
  await run.load.flows(200);
  await nats.start(leader);
  await nats.waitCurrent(leader);
  await run.load.flows(100);
  expect(verdict(await run.finish())).toBe('clean');
});

test('a killed follower costs no event', async () => {
  await using run = await SteadyRun.start({ nats, bridge, name: 'follower-kill' });
  const follower = ((await nats.waitForLeader(STREAM)) + 1) % nats.size;
  await nats.kill(follower);
  await run.load.flows(300);
  await nats.start(follower);
  await nats.waitCurrent(follower);
  await run.load.flows(100);
  expect(verdict(await run.finish())).toBe('clean');
});

test('a stream leader that freezes, is replaced and thaws costs no event', async () => {
  // The frozen one wakes as a leader of old, with clients that it still serves and messages that it never passed on.
  await using run = await SteadyRun.start({ nats, bridge, name: 'leader-pause' });
  const leader = await nats.waitForLeader(STREAM);
  await nats.pause(leader);
  expect(await nats.waitForLeader(STREAM)).not.toBe(leader);
  await run.load.flows(400);
  await nats.unpause(leader);
  await nats.waitCurrent(leader);
  await run.load.flows(100);
  expect(verdict(await run.finish())).toBe('clean');
});

test('a stream leader that is cut from the others and healed costs no event', async () => {
  // Edges and ingress that are connected to it stay so: they serve what it has, and catch up when it is healed.
  await using run = await SteadyRun.start({ nats, bridge, name: 'partition' });
  const leader = await nats.waitForLeader(STREAM);
  await nats.partition(leader);
  const next = await nats.waitForLeader(STREAM);
  expect(next).not.toBe(leader);
  await nats.heal(leader);
  await nats.waitCurrent(leader);
  await run.load.flows(300);
  expect(verdict(await run.finish())).toBe('clean');
});

test('a rolling restart of all nodes costs no event', async () => {
  await using run = await SteadyRun.start({ nats, bridge, name: 'rolling' });
  for (let node = 0; node < nats.size; node += 1) {
    await nats.stop(node);
    await nats.waitForLeader(STREAM);
    await run.load.flows(60);
    await nats.start(node);
    await nats.waitCurrent(node);
  }
  await run.load.flows(100);
  expect(verdict(await run.finish())).toBe('clean');
});
