import { connect, type NatsConnection } from '@nats-io/transport-node';
import {
  Evidence,
  SteadyRun,
  audit,
  auditRuns,
  dumpRuns,
  dumpStreams,
  eventually,
  scaled,
  startBridge,
  startNats,
  type Bridge,
  type NatsCluster,
} from '@longspan/testkit';
import { onTestFailed, test } from 'vitest';
import { Chatter } from './chatter.ts';
import { Gauges, type Gauge } from './gauges.ts';

const MIB = 1024 * 1024;
const SOAK_MS = scaled({ short: 15_000, quick: 20_000, full: 300_000, long: 3_600_000 });
/** Caches, pools and compiled code have their size by then. */
const WARM_UP_MS = SOAK_MS / 5;
const MINUTES = `${((SOAK_MS - WARM_UP_MS) / 60_000).toFixed(1)} minutes`;
const USERS = 8;
const RATE = 10;
const CHATTERS = 3;
const DEVICES = 2 * USERS + CHATTERS;
const EVENTS_BETWEEN_FAULTS = 200;
const STREAMS = ['LONGSPAN_EVENTS_0', 'LONGSPAN_COMMANDS'];
/** The edge that dies again and again; the other one lives all the time, and is looked at. */
const MORTAL = 1;
/** Services whose processes live all the time. */
const WATCHED = ['edge-0', 'ingress-0', 'agent-0'];
const SETTLED_WITHIN_MS = 60_000;

test('a system in use for long, with faults throughout, takes no more of anything in the end than in the beginning', async () => {
  // Goal: nothing leaks: memory, open files, subscriptions, consumers; and nothing is lost meanwhile.
  // Method: users with events at a steady rate and users who chat with an agent, on two edges and three NATS nodes. Again
  // and again clients are cut off, one edge dies and comes back, and the streams change their leaders. What lives all
  // the time is read every second: it must not drift. When everybody has left, all must be as before they came.
  await using evidence = new Evidence('soak', 'A steady load with faults throughout');
  await using nats = await startNats({ nodes: 3 });
  await using bridge = await startBridge({
    nats,
    agents: 1,
    env: { LONGSPAN_EVENTS_PER_USER: '1000000', LONGSPAN_AGENT_PACE_MS: '5' },
  });
  onTestFailed(() => console.log(bridge.logTail()));
  const nc = await connect({ servers: [...nats.urls], ignoreClusterUpdates: true });
  await using _ = { [Symbol.asyncDispose]: () => nc.close() };
  const idle = await held(nats, bridge);

  const startedMs = performance.now();
  {
    await using chatters = new AsyncDisposableStack();
    const talking = Array.from({ length: CHATTERS }, (_, n) =>
      chatters.use(new Chatter(bridge, `chat-${n}`)),
    );
    const [latency, reconnect] = [evidence.latency('publish to callback'), evidence.latency('reconnect')];
    const options = { nats, bridge, name: 'soak', users: USERS, ratePerUser: RATE, latency, reconnect };
    await using run = await SteadyRun.start(options);
    await using gauges = new Gauges(evidence, gaugesOf(nats, bridge));
    let isWarm = false;
    let rounds = 0;
    const random = evidence.random('faults');
    while (performance.now() - startedMs < SOAK_MS) {
      for (const client of [...run.apps, ...run.raws, ...talking]) {
        if (random.chance(0.3)) client.cut();
      }
      evidence.mark('clients cut');
      await run.load.flows(EVENTS_BETWEEN_FAULTS);
      await stepDown(nc, nats, random.pick(STREAMS));
      evidence.mark('leader changed');
      await run.load.flows(EVENTS_BETWEEN_FAULTS);
      const { service } = bridge.edge(MORTAL);
      if (random.chance(0.5)) await service.kill();
      else await service.drain();
      evidence.mark(`${service.name} gone`);
      await run.load.flows(EVENTS_BETWEEN_FAULTS);
      await service.start();
      rounds += 1;
      if (!isWarm && performance.now() - startedMs > WARM_UP_MS) {
        gauges.warmedUp();
        isWarm = true;
        evidence.mark('warm');
      }
    }
    await gauges.judge(MINUTES);
    await Promise.all(talking.map((one) => one.stop()));
    evidence.audited('Soak: events', await run.finish());
    const runs = auditRuns(await dumpRuns(nats.urls));
    evidence.fact('runs', runs);
    const chats = audit({
      published: [],
      committed: (await dumpStreams(nats.urls)).filter(({ user }) => user.startsWith('chat-')),
      clients: talking.flatMap(({ logs }) => logs),
      commands: { sent: talking.flatMap(({ sent }) => sent), effects: runs.effects },
    });
    evidence.audited('Soak: events of the answers to commands', chats);
    evidence.promise({
      metric: 'Soak: commands that the agent acted on once',
      requirement: 'every one',
      achieved: `${chats.counts.commands.toLocaleString('en')} of ${chats.counts.commands.toLocaleString('en')}`,
      holds: chats.clean,
    });
    evidence.promise({
      metric: 'Soak: runs that end exactly once, last',
      requirement: 'every one',
      achieved: runs.clean ? `${runs.runs} of ${runs.runs}` : JSON.stringify(runs.faults.slice(0, 3)),
      holds: runs.clean,
    });
    evidence.figure({
      metric: 'Soak: duration and faults',
      requirement: `${(SOAK_MS / 60_000).toFixed(1)} minutes`,
      achieved: `${((performance.now() - startedMs) / 60_000).toFixed(1)} minutes, ${rounds} rounds of cut clients, a new leader and a dead edge`,
      holds: true,
    });
  }
  const left = await eventually(
    'all is as before',
    async () => {
      const now = await held(nats, bridge);
      return excess(idle, now).length === 0 ? now : undefined;
    },
    SETTLED_WITHIN_MS,
  ).catch(() => held(nats, bridge));
  evidence.fact('held before anybody came, and after all had left', { idle, left });
  evidence.promise({
    metric: 'Soak: files, connections, subscriptions, streams and consumers when all have left',
    requirement: `as many as before anybody came; up to 4 files, ${2 * USERS} idle connections of publishers and 8 subscriptions more`,
    achieved:
      excess(idle, left).join(', ') ||
      Object.entries(left)
        .map(([name, count]) => `${name}: ${count}`)
        .join(', '),
    holds: excess(idle, left).length === 0,
  });
});

function gaugesOf(nats: NatsCluster, bridge: Bridge): readonly Gauge[] {
  const services = WATCHED.flatMap((name): readonly Gauge[] => {
    const service = bridge.service(name);
    const memory = async () => toMib(await service.residentBytes());
    return [
      { name: `memory of ${name}`, unit: 'MiB', driftMax: 48, read: memory },
      // A device that comes from the edge that died is one more socket.
      { name: `open files of ${name}`, unit: 'files', driftMax: DEVICES, read: () => service.openFiles() },
    ];
  });
  const sum = async (field: 'connections' | 'subscriptions' | 'streams' | 'consumers') =>
    (await nats.resources()).reduce((total, node) => total + node[field], 0);
  const memory = async () => toMib(Math.max(...(await nats.resources()).map((node) => node.memoryBytes)));
  return [
    ...services,
    { name: 'memory of the largest NATS node', unit: 'MiB', driftMax: 96, read: memory },
    // Every user is subscribed to once on each edge that has a device of theirs.
    {
      name: 'NATS subscriptions',
      unit: 'subscriptions',
      driftMax: USERS + CHATTERS,
      read: () => sum('subscriptions'),
    },
    { name: 'NATS connections', unit: 'connections', driftMax: 2, read: () => sum('connections') },
    { name: 'JetStream streams', unit: 'streams', driftMax: 1, read: () => sum('streams') },
    { name: 'JetStream consumers', unit: 'consumers', driftMax: 1, read: () => sum('consumers') },
  ];
}

type Held = Readonly<Record<string, number>>;

/** What may be left behind by whoever comes and goes. */
async function held(nats: NatsCluster, bridge: Bridge): Promise<Held> {
  const counts: Record<string, number> = {};
  for (const name of WATCHED) counts[`files of ${name}`] = (await bridge.service(name).openFiles()) ?? 0;
  for (const { connections, subscriptions, streams, consumers } of await nats.resources()) {
    for (const [name, count] of Object.entries({ connections, subscriptions, streams, consumers })) {
      counts[name] = (counts[name] ?? 0) + count;
    }
  }
  return counts;
}

/** What may stay open for a while: publishers' idle connections, and an agent's requests for commands. */
const ALLOWED: Readonly<Record<string, number>> = { 'files of ingress-0': 2 * USERS, subscriptions: 8 };

/** What there is more of than before, beyond what is allowed. */
function excess(before: Held, now: Held): readonly string[] {
  return Object.entries(now).flatMap(([name, count]) => {
    const allowed = ALLOWED[name] ?? (name.startsWith('files') ? 4 : 0);
    const was = before[name] ?? 0;
    return count > was + allowed ? [`${name}: ${was} before, ${count} after`] : [];
  });
}

/** Has a stream's leader hand over; resolves when another node leads. */
async function stepDown(nc: NatsConnection, nats: NatsCluster, stream: string): Promise<void> {
  const former = await nats.waitForLeader(stream);
  await nc.request(`$JS.API.STREAM.LEADER.STEPDOWN.${stream}`, '', { timeout: 5_000 }).catch(() => undefined);
  await nats.waitForOtherLeader(stream, former);
}

function toMib(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : Math.round(bytes / MIB);
}
