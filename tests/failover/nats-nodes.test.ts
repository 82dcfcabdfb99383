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

// Goal: no fault of a single NATS node loses, repeats or reorders an event for anyone (G1-G3, G5, G6, G9).
// Method: three nodes, two edges, an ingress; clients of two kinds stream throughout, at a steady rate; harm a node,
// await the effect and that events flow again; then what was acknowledged must be what every callback saw.

const STREAM = 'LONGSPAN_EVENTS_0';
const ROUNDS = scaled({ short: 1, quick: 1, full: 2, long: 40 });
/** How long a frozen node stays so after it was replaced. */
const FROZEN_MS = scaled({ short: 0, quick: 0, full: 30_000, long: 30_000 });
/** Two elections, one after the other, and what was held up meanwhile. */
const ELECTIONS_MS = 20_000;
let nats: NatsCluster;
let bridge: Bridge;

beforeAll(async () => {
  nats = await startNats({ nodes: 3 });
  bridge = await startBridge({ nats, edges: 2, env: { LONGSPAN_EVENTS_PER_USER: '1000000' } });
});

afterAll(async () => {
  await bridge?.[Symbol.asyncDispose]();
  await nats?.[Symbol.asyncDispose]();
});

beforeEach(({ task }) => {
  task.meta.backend = nats.backend;
  onTestFailed(() => console.log(bridge.logTail()));
});

function stream(evidence: Evidence, name: string): Promise<SteadyRun> {
  return SteadyRun.start({ nats, bridge, name, ...timings(evidence) });
}

test('a killed stream leader costs no event', async ({ task }) => {
  await using evidence = new Evidence('failover', task.name);
  await using run = await stream(evidence, 'leader-kill');
  for (let round = 0; round < ROUNDS; round += 1) {
    const leader = await nats.waitForLeader(STREAM);
    evidence.mark('leader killed');
    await nats.kill(leader);
    expect(await nats.waitForLeader(STREAM)).not.toBe(leader);
    await run.load.flows(200);
    evidence.mark('started again');
    await nats.start(leader);
    await nats.waitCurrent(leader);
    await run.load.flows(100);
  }
  conclude(evidence, 'leader kill', await run.finish(), ELECTIONS_MS);
});

test('a killed follower costs no event', async ({ task }) => {
  await using evidence = new Evidence('failover', task.name);
  await using run = await stream(evidence, 'follower-kill');
  for (let round = 0; round < ROUNDS; round += 1) {
    const follower = ((await nats.waitForLeader(STREAM)) + 1) % nats.size;
    evidence.mark('follower killed');
    await nats.kill(follower);
    await run.load.flows(300);
    evidence.mark('started again');
    await nats.start(follower);
    await nats.waitCurrent(follower);
    await run.load.flows(100);
  }
  conclude(evidence, 'follower kill', await run.finish(), ELECTIONS_MS);
});

test('a stream leader that freezes, is replaced and thaws costs no event', async ({ task }) => {
  // The frozen one wakes as a leader of old, with clients that it still serves and messages that it never passed on.
  await using evidence = new Evidence('failover', task.name);
  await using run = await stream(evidence, 'leader-pause');
  const leader = await nats.waitForLeader(STREAM);
  evidence.mark('leader frozen (SIGSTOP)');
  await nats.pause(leader);
  expect(await nats.waitForLeader(STREAM)).not.toBe(leader);
  await run.load.flows(400);
  await sleep(FROZEN_MS);
  evidence.mark('thawed (SIGCONT)');
  await nats.unpause(leader);
  await nats.waitCurrent(leader);
  await run.load.flows(100);
  conclude(evidence, 'leader SIGSTOP, SIGCONT', await run.finish(), ELECTIONS_MS);
});

test('a stream leader that is cut from the others and healed costs no event', async ({ task }) => {
  // Edges and ingress that are connected to it stay so: they serve what it has, and catch up when it is healed.
  await using evidence = new Evidence('failover', task.name);
  await using run = await stream(evidence, 'partition');
  for (let round = 0; round < ROUNDS; round += 1) {
    const leader = await nats.waitForLeader(STREAM);
    evidence.mark('leader cut off');
    await nats.partition(leader);
    expect(await nats.waitForLeader(STREAM)).not.toBe(leader);
    evidence.mark('healed');
    await nats.heal(leader);
    await nats.waitCurrent(leader);
    await run.load.flows(300);
  }
  conclude(evidence, 'leader cut off and healed', await run.finish(), 2 * ELECTIONS_MS);
});

test('a stream leader that leaves as a lame duck costs no event', async ({ task }) => {
  // It hands its leadership over and sends its clients away one by one while it still serves.
  await using evidence = new Evidence('failover', task.name);
  await using run = await stream(evidence, 'lame-duck');
  for (let round = 0; round < ROUNDS; round += 1) {
    const leader = await nats.waitForLeader(STREAM);
    evidence.mark('leader told to leave');
    await nats.stop(leader);
    evidence.mark('gone');
    expect(await nats.waitForLeader(STREAM)).not.toBe(leader);
    await run.load.flows(100);
    await nats.start(leader);
    await nats.waitCurrent(leader);
  }
  conclude(evidence, 'lame duck', await run.finish(), ELECTIONS_MS);
});

test('a rolling upgrade of every NATS node, edge and ingress costs no event', async ({ task }) => {
  // Every process is replaced, one after the other, while all devices stay.
  await using evidence = new Evidence('failover', task.name);
  await using run = await stream(evidence, 'rolling');
  await nats.roll(async (node) => {
    evidence.mark(`n${node} replaced`);
    await nats.waitForLeader(STREAM);
    await run.load.flows(60);
  });
  await bridge.rollEdges(async ({ name }) => {
    evidence.mark(`${name} replaced`);
    await run.load.flows(60);
  });
  evidence.mark('ingress replaced');
  const ingress = bridge.service('ingress-0');
  expect(await ingress.drain()).toBe(0);
  await ingress.start();
  await run.load.flows(100);
  conclude(evidence, 'rolling upgrade', await run.finish(), ELECTIONS_MS);
});
