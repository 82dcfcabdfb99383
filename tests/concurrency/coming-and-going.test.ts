import { Crowd, Evidence, scaled, startBridge, startNats, verdict } from '@longspan/testkit';
import { expect, onTestFailed, test } from 'vitest';

const USERS = scaled({ short: 100, quick: 200, full: 500, long: 500 });
const PUBLISHERS = scaled({ short: 10, quick: 30, full: 30, long: 30 });
const EVENTS = scaled({ short: 3_000, quick: 6_000, full: 30_000, long: 1_000_000 });
const RATE_PER_USER = scaled({ short: 5, quick: 3, full: 1, long: 1 });
const NODES = scaled({ short: 1, quick: 1, full: 3, long: 3 } as const);
/** Three times what the rate asks for. */
const PATIENCE = 3;

test('no event is dropped while all users are there at once and their sessions come and go', async () => {
  // Goal: "no drop" for a crowd: each event of each publisher at each device, whenever it comes, goes or is cut off.
  // Method: all users connect, then all publishers begin; each device leaves, is cut off or is replaced again and
  // again by its own schedule; publishers' logs, the stream and every callback's log are compared in the end.
  const title = `${USERS} users at once, ${PUBLISHERS} publishers, sessions coming and going`;
  await using evidence = new Evidence('concurrency', title);
  await using nats = await startNats({ nodes: NODES });
  await using bridge = await startBridge({ nats, edges: 2, env: { LONGSPAN_EVENTS_PER_USER: '10000' } });
  onTestFailed(() => console.log(bridge.logTail()));
  await using crowd = await Crowd.start({
    nats,
    bridge,
    name: 'crowd',
    seed: evidence.seed,
    users: USERS,
    publishers: PUBLISHERS,
    publishersPerUser: 2,
    directPublishers: Math.floor((PUBLISHERS * 2) / 3),
    ratePerUser: RATE_PER_USER,
    workers: 3,
    kind: 'processes',
    comings: { presentMs: 5_000, awayMs: 1_000 },
  });
  evidence.mark('all users are live, publishers begin');
  await crowd.flows(EVENTS, ((PATIENCE * EVENTS) / (USERS * RATE_PER_USER)) * 1_000);
  const { audit, goings, promises } = await crowd.finish(evidence);

  evidence.audited(`Concurrency: ${title}`, audit);
  const { delivered } = audit.counts;
  evidence.promise({
    metric: 'Concurrency: events dropped',
    requirement: `0 of all, ${USERS} users at once, ${PUBLISHERS} publishers, sessions coming and going`,
    achieved: `${audit.lost.length} of ${delivered.toLocaleString('en')}, ${goings.toLocaleString('en')} sessions came and went`,
    holds: audit.lost.length === 0 && delivered >= EVENTS && goings > 0,
  });
  evidence.promise({
    metric: 'Concurrency: waits without an end',
    requirement: 'every connect, return, publish and delivery settles',
    achieved: `${promises.overdue.length} of ${promises.watched.toLocaleString('en')} did not`,
    holds: promises.overdue.length === 0,
  });
  const latency = evidence.latency('publish to callback');
  evidence.figure({
    metric: 'Concurrency: publish to callback, with sessions cut off meanwhile',
    requirement: 'p50 below 100 ms',
    achieved: `p50 ${latency.percentileMs(50).toFixed(1)} ms, p99 ${latency.percentileMs(99).toFixed(0)} ms, ${latency.count.toLocaleString('en')} deliveries`,
    holds: latency.percentileMs(50) < 100,
  });
  expect(verdict(audit)).toBe('clean');
});
