import {
  Crowd,
  Evidence,
  eventually,
  INSPECTABLE,
  lookForCrossings,
  scaled,
  startBridge,
  startNats,
  SteadyLoad,
  verdict,
  type Bridge,
} from '@longspan/testkit';
import { expect, onTestFailed, test } from 'vitest';
import { WatchedEdge } from './watched-edge.ts';

const THREADS = scaled({ short: 12, quick: 24, full: 50, long: 64 });
const USERS = scaled({ short: 6, quick: 12, full: 20, long: 30 });
const DEVICES = scaled({ short: 4, quick: 8, full: 10, long: 10 });
const RATE_PER_USER = scaled({ short: 20, quick: 15, full: 8, long: 8 });
const SECONDS = scaled({ short: 4, quick: 8, full: 180, long: 3_600 });
const EVENTS = SECONDS * USERS * RATE_PER_USER;
/** How long a device stays on average. */
const PRESENT_MS = scaled({ short: 2_000, quick: 3_000, full: 5_000, long: 5_000 });
/** Users whose readers stop, so that the edges have to hold something for them while their memory is looked at. */
const SLOW_USERS = ['slow-0', 'slow-1'];
const SLOW_EVENTS = 600;
const SLOW_EVENT_CHARS = 8_000;
/** What a heap may grow by: code that has become hot, not users. A hundred sessions that stay would be about 2 MiB. */
const GROWTH_MIB_MAX = 12;
const STALL_MS = 1_000;

test('threads that publish, connect, reconnect and send at once meet no race, no deadlock and no leak', async () => {
  // Goal: whatever the interleaving, edges keep users apart, answer everybody and give everything back.
  // Method: each user has devices and publishers in many threads, all coming and going by seeded schedules; every
  // promise is on a watchdog's list, event loops are measured, the edges' heaps are searched for tagged payloads in
  // the wrong place while they are busy, and for anything at all when everybody has left.
  const title = `${THREADS} threads publish, connect, reconnect and send at once for ${SECONDS} s`;
  await using evidence = new Evidence('thread-safety', title);
  await using nats = await startNats({ nodes: 1, backend: 'processes' });
  const env = { ...INSPECTABLE, LONGSPAN_EVENTS_PER_USER: '100000' };
  await using bridge = await startBridge({ nats, edges: 2, env });
  onTestFailed(() => console.log(bridge.logTail()));
  await using watches = new AsyncDisposableStack();
  const edges: WatchedEdge[] = [];
  for (const [i, edge] of bridge.edges.entries()) {
    edges.push(watches.use(await WatchedEdge.attach(edge, nats, evidence, () => visit(bridge, i))));
  }

  await using crowd = await Crowd.start({
    nats,
    bridge,
    name: 'threads',
    seed: evidence.seed,
    users: USERS,
    devices: DEVICES,
    publishers: THREADS,
    publishersPerUser: 4,
    directPublishers: Math.floor(THREADS / 2),
    ratePerUser: RATE_PER_USER,
    workers: THREADS,
    comings: { presentMs: PRESENT_MS, awayMs: 200 },
    commandRate: 0.5,
  });
  evidence.mark('all threads are at it');
  await crowd.flows(EVENTS, SECONDS * 3_000 + 30_000);
  for (const edge of edges) await edge.stopWatching();

  const users = new Set([...Array.from({ length: USERS }, (_, i) => `threads-${i}`), ...SLOW_USERS]);
  await using slow = await stoppedReaders(bridge);
  evidence.mark('the edges’ heaps are searched');
  const coherence = await Promise.all(edges.map(({ inspector }) => lookForCrossings(inspector, users)));
  await slow[Symbol.asyncDispose]();
  const { audit, goings, promises, loopDelayMaxMs } = await crowd.finish(evidence);
  await crowd[Symbol.asyncDispose]();
  evidence.mark('everybody has left');

  evidence.audited(`Thread safety: ${title}`, audit);
  const total = (of: (one: (typeof coherence)[number]) => number) =>
    coherence.reduce((sum, one) => sum + of(one), 0);
  const crossings = coherence.flatMap((one) => one.crossings);
  evidence.fact('crossings in memory', crossings.slice(0, 20));
  evidence.promise({
    metric: 'Thread safety: races',
    requirement: `0, each user in ${Math.min(DEVICES, THREADS)} threads, ${THREADS} threads in all`,
    achieved: `0 in ${goings.toLocaleString('en')} reconnects, ${audit.counts.delivered.toLocaleString('en')} deliveries, ${audit.counts.commands.toLocaleString('en')} commands`,
    holds: audit.clean && goings > 0 && audit.counts.commands > 0,
  });
  evidence.promise({
    metric: 'Thread safety: memory of one user reachable from another’s session',
    requirement: 'none',
    achieved: `${crossings.length} of ${total(({ payloads }) => payloads)} payloads in ${total(({ objects }) => objects).toLocaleString('en')} objects of ${total(({ sessions }) => sessions)} sessions`,
    holds:
      crossings.length === 0 &&
      total(({ payloads }) => payloads) > 0 &&
      total(({ sessions }) => sessions) > 0,
  });
  evidence.promise({
    metric: 'Thread safety: deadlocks',
    requirement: 'every connect, return, publish, send and delivery settles',
    achieved: `${promises.overdue.length} of ${promises.watched.toLocaleString('en')} waits were overdue; the longest took ${Math.round(promises.longestMs)} ms`,
    holds: promises.overdue.length === 0,
  });

  const edgeStallMs = Math.max(...edges.map((edge) => edge.loopDelayMaxMs));
  evidence.figure({
    metric: 'Thread safety: longest stall of an event loop',
    requirement: `below ${STALL_MS} ms`,
    achieved: `${Math.round(edgeStallMs)} ms in the edges, ${Math.round(loopDelayMaxMs)} ms in ${THREADS} threads`,
    holds: edgeStallMs < STALL_MS && loopDelayMaxMs < STALL_MS,
  });

  for (const edge of edges) await eventually(`${edge.name} has given everything back`, () => edge.isEmpty());
  const remains = await Promise.all(edges.map((edge) => edge.remains(users)));
  const grownMiB = Math.max(...remains.map((one) => one.grownMiB));
  const left = remains.map(({ hosts, texts, payloads }) => hosts + texts.length + payloads.length);
  evidence.fact('left in memory', remains);
  evidence.promise({
    metric: 'Thread safety: leaks',
    requirement: `no session, text or payload of a user who has left; subscriptions and files as before; heap within ${GROWTH_MIB_MAX} MiB`,
    achieved: `${left.join(' and ')} left in ${edges.length} edges, heap grown by ${grownMiB.toFixed(1)} MiB, after ${goings.toLocaleString('en')} reconnects`,
    holds: left.every((count) => count === 0) && grownMiB < GROWTH_MIB_MAX,
  });
  expect(verdict(audit)).toBe('clean');
});

/** Somebody connects to the edge, sends, and leaves. */
async function visit(bridge: Bridge, edge: number): Promise<void> {
  await using visitor = bridge.client('visitor', { startAt: edge });
  await visitor.untilLive();
  await visitor.client.send({ type: 'crowd_command' });
}

/** A reader of each slow user at each edge that takes nothing more, after which more is published than sockets hold. */
async function stoppedReaders(bridge: Bridge): Promise<AsyncDisposable> {
  await using cleanup = new AsyncDisposableStack();
  for (const user of SLOW_USERS) {
    for (const [startAt] of bridge.edges.entries()) {
      const reader = cleanup.use(await bridge.rawClient(user, { startAt }));
      await reader.connect();
      reader.pause();
    }
  }
  await using load = new SteadyLoad({
    users: SLOW_USERS,
    ratePerUser: SLOW_EVENTS,
    eventsPerUser: SLOW_EVENTS,
    padChars: SLOW_EVENT_CHARS,
    publish: bridge.publish,
  });
  await load.done();
  return cleanup.move();
}
