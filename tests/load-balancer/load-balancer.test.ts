import {
  Balancer,
  Evidence,
  haproxyPath,
  scaled,
  startBridge,
  startNats,
  SteadyRun,
  type Bridge,
  type NatsCluster,
} from '@longspan/testkit';
import { afterAll, beforeAll, describe, onTestFailed, test } from 'vitest';

// Goal: whatever a TCP load balancer does to connections, nobody loses an event, and no edge needs stickiness (G10).
// Method: HAProxy before three edges; clients of two kinds stream through it throughout; harm the balancer's connections
// in one of its ways, again and again; what was acknowledged must be what every callback saw.

const EDGES = 3;
const HEARTBEAT_MS = 500;
const ROUNDS = scaled({ short: 2, quick: 2, full: 8, long: 200 });
/** Events that must come between two faults. */
const BETWEEN = 40;

describe.skipIf(haproxyPath() === undefined)('HAProxy before three edges', () => {
  let nats: NatsCluster;
  let bridge: Bridge;

  beforeAll(async () => {
    nats = await startNats({ nodes: 1, backend: 'processes' });
    bridge = await startBridge({
      nats,
      edges: EDGES,
      env: { LONGSPAN_HEARTBEAT_MS: String(HEARTBEAT_MS), LONGSPAN_EVENTS_PER_USER: '100000' },
    });
  });

  afterAll(async () => {
    await bridge?.[Symbol.asyncDispose]();
    await nats?.[Symbol.asyncDispose]();
  });

  /** Users who stream through the balancer, and where what they measure goes. */
  function stream(balancer: Balancer, evidence: Evidence, name: string): Promise<SteadyRun> {
    onTestFailed(() => console.log(bridge.logTail()));
    return SteadyRun.start({
      nats,
      bridge: bridge.through([balancer.url]),
      name,
      latency: evidence.latency('publish to callback'),
      reconnect: evidence.latency('reconnect'),
    });
  }

  /**
   * Judges a run, and how long its clients needed to come back.
   * @param p50Ms as long as half of them may need; the library's own delay before a second attempt counts.
   */
  async function conclude(evidence: Evidence, fault: string, run: SteadyRun, p50Ms = 100): Promise<void> {
    evidence.audited(`Load balancer, ${fault}: events`, await run.finish());
    const reconnect = evidence.latency('reconnect');
    const [p50, max] = [reconnect.percentileMs(50), reconnect.percentileMs(100)];
    evidence.figure({
      metric: `Load balancer, ${fault}: reconnect`,
      requirement: `p50 < ${p50Ms} ms`,
      achieved: `p50 ${p50.toFixed(0)} ms, max ${max.toFixed(0)} ms of ${reconnect.count}`,
      holds: p50 < p50Ms,
    });
  }

  test('reloads of the balancer cost no event', async ({ task }) => {
    // A reload hands new connections to a new process and cuts what the old one still carries after half a second.
    await using evidence = new Evidence('load-balancer', task.name);
    await using balancer = await Balancer.start({ edges: bridge.edges });
    await using run = await stream(balancer, evidence, 'reload');
    for (let round = 0; round < ROUNDS; round += 1) {
      evidence.mark('balancer reloaded');
      await balancer.reload();
      await run.load.flows(BETWEEN);
    }
    await conclude(evidence, `${ROUNDS} reloads`, run);
  });

  test('edges taken out of the balancer and put back cost no event', async ({ task }) => {
    await using evidence = new Evidence('load-balancer', task.name);
    await using balancer = await Balancer.start({ edges: bridge.edges });
    await using run = await stream(balancer, evidence, 'removal');
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { name } of bridge.edges) {
        evidence.mark(`${name} removed`);
        await balancer.remove(name);
        await run.load.flows(BETWEEN);
        evidence.mark(`${name} back`);
        await balancer.restore(name);
      }
    }
    await conclude(evidence, `${ROUNDS * EDGES} removals of a backend`, run);
  });

  test('health checks that flap, up to no healthy edge at all, cost no event', async ({ task }) => {
    // Each flap cuts all connections of an edge that is well; while none is healthy, the balancer turns everybody away.
    await using evidence = new Evidence('load-balancer', task.name);
    const chance = evidence.random('flaps');
    await using balancer = await Balancer.start({ edges: bridge.edges });
    await using run = await stream(balancer, evidence, 'flaps');
    let flaps = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const some = bridge.edges.filter(() => chance.chance(0.6));
      for (const unhealthy of [some, bridge.edges]) {
        evidence.mark(`${unhealthy.length} of ${EDGES} edges unhealthy`);
        await Promise.all(unhealthy.map(({ name }) => balancer.failChecks(name)));
        await run.load.flows(BETWEEN);
        evidence.mark('all edges healthy');
        await Promise.all(unhealthy.map(({ name }) => balancer.passChecks(name)));
        await run.load.flows(BETWEEN);
        flaps += unhealthy.length;
      }
    }
    // While no edge was healthy, nobody could come back.
    await conclude(evidence, `${flaps} flaps of health checks`, run, 3_000);
  });

  test('heartbeats keep sessions alive that are idle for longer than the balancer permits', async ({
    task,
  }) => {
    // Method: the balancer cuts what is silent for three heartbeats; sessions without events live through many of them.
    const beats = scaled({ short: 8, quick: 8, full: 40, long: 1_000 });
    await using evidence = new Evidence('load-balancer', task.name);
    await using balancer = await Balancer.start({ edges: bridge.edges, idleMs: 3 * HEARTBEAT_MS });
    const clients = bridge.through([balancer.url]);
    await using app = clients.client('idle');
    await using raw = await (await clients.rawClient('idle')).connect();
    await app.client.caughtUp();
    const idleMs = beats * HEARTBEAT_MS;
    await raw.until('has been pinged', () => raw.framesOf('ping') >= beats, 10 * idleMs);
    const cuts = raw.closes.length + app.edges.length - 1;
    evidence.promise({
      metric: 'Load balancer, idle timeout above the heartbeat: sessions cut',
      requirement: '0',
      achieved: `${cuts} of 2 in ${beats} heartbeats without an event, cut after ${3 * HEARTBEAT_MS} ms of silence`,
      holds: cuts === 0,
    });
  });

  test('a balancer that is less patient than heartbeats cuts idle sessions, and costs no event', async ({
    task,
  }) => {
    // Method: events come so rarely that every session is cut between two of them.
    await using evidence = new Evidence('load-balancer', task.name);
    await using balancer = await Balancer.start({ edges: bridge.edges, idleMs: HEARTBEAT_MS / 2 });
    await using run = await SteadyRun.start({
      nats,
      bridge: bridge.through([balancer.url]),
      name: 'impatient',
      users: 3,
      ratePerUser: 1,
      reconnect: evidence.latency('reconnect'),
    });
    await run.load.flows(ROUNDS * 6);
    const cuts = run.raws.reduce((sum, { closes }) => sum + closes.length, 0);
    evidence.promise({
      metric: 'Load balancer, idle timeout below the heartbeat: the balancer really cuts',
      requirement: 'sessions were cut',
      achieved: `${cuts} cuts of ${run.raws.length} sessions`,
      holds: cuts > run.raws.length,
    });
    await conclude(evidence, `${cuts} idle timeouts`, run);
  });
});
