import {
  Crowd,
  Evidence,
  scaled,
  startBridge,
  startNats,
  type Audit,
  type Bridge,
  type CrowdShape,
  type Finding,
  type NatsCluster,
} from '@longspan/testkit';
import { afterAll, beforeAll, onTestFailed, test } from 'vitest';
import { changeLeader, type Change } from './leaders.ts';

// Goal: the order of events is the publishers' and the stream's for every device, all of it and at any rate, also while
// the log changes its leader (G1, G6).
// Method: three NATS nodes, two edges; publishers in processes of their own, most of them into the log, some by the
// ingress; devices by the library and by the protocol alone. Meanwhile leaders step down and are killed. Publishers'
// logs, the stream and each callback's log are compared, event by event.

/** How far the events may fall behind their rate: elections stall them, and machines are busy. */
const PATIENCE = 6;

const owned = new AsyncDisposableStack();
let nats: NatsCluster;
let bridge: Bridge;

beforeAll(async () => {
  nats = owned.use(await startNats({ nodes: 3 }));
  bridge = owned.use(await startBridge({ nats, env: { LONGSPAN_EVENTS_PER_USER: '1000000' } }));
});

afterAll(async () => {
  await owned.disposeAsync();
});

interface Run extends CrowdShape {
  readonly users: number;
  readonly events: number;
  readonly changes: readonly Change[];
}

interface Carried {
  readonly audit: Audit;
  /** The order, as a claim. */
  readonly order: Omit<Finding, 'kind'>;
}

async function carry(evidence: Evidence, whose: string, run: Run): Promise<Carried> {
  const { events, changes, ...shape } = run;
  onTestFailed(() => console.log(bridge.logTail()));
  await using crowd = await Crowd.start({ nats, bridge, kind: 'processes', ...shape });
  const allowedMs = ((PATIENCE * events) / (shape.users * shape.ratePerUser)) * 1_000 + 60_000;
  const part = Math.ceil(events / (changes.length + 1));
  for (const how of changes) {
    await crowd.flows(part, allowedMs);
    await changeLeader(nats, how, evidence);
  }
  await crowd.flows(Math.max(1, events - crowd.progress.acknowledged), allowedMs);
  const { audit } = await crowd.finish(evidence);

  const { acknowledged, delivered, clients } = audit.counts;
  const misplaced = audit.outOfOrder.length + audit.publisherOrder.length;
  const share = misplaced === 0 ? '100 %' : `all but ${misplaced}`;
  const kills = changes.filter((how) => how === 'kill').length;
  const order = {
    metric: `Ordering: first in, first out, for ${whose}`,
    requirement: `100 % of at least ${count(events)} events while leaders change`,
    achieved:
      `${share} of ${count(acknowledged)} events, ${count(delivered)} deliveries to ${clients} devices; ` +
      `changes of the leader: ${changes.length}, ${kills} of them by SIGKILL`,
    holds: misplaced === 0 && acknowledged >= events,
  };
  return { audit, order };
}

test('events of many users are first in, first out, while leaders change', async () => {
  await using evidence = new Evidence('ordering', 'First in, first out, over many users');
  const { audit, order } = await carry(evidence, 'many users', {
    name: 'many',
    seed: evidence.seed,
    users: scaled({ short: 50, quick: 100, full: 200, long: 500 }),
    events: scaled({ short: 30_000, quick: 30_000, full: 1_000_000, long: 10_000_000 }),
    ratePerUser: scaled({ short: 100, quick: 60, full: 60, long: 20 }),
    publishers: 4,
    directPublishers: 3,
    workers: 2,
    changes: alternating(scaled({ short: 1, quick: 1, full: 5, long: 30 })),
  });
  evidence.audited('Ordering: events of many users', audit);
  evidence.promise(order);
});

test('events of one user from one publisher are first in, first out, while leaders change', async () => {
  await using evidence = new Evidence('ordering', 'First in, first out, for one user of one publisher');
  const { audit, order } = await carry(evidence, 'one user, from one publisher', {
    name: 'one',
    seed: evidence.seed,
    users: 1,
    devices: 5,
    events: scaled({ short: 5_000, quick: 10_000, full: 100_000, long: 500_000 }),
    ratePerUser: scaled({ short: 2_500, quick: 4_000, full: 4_000, long: 4_000 }),
    publishers: 1,
    directPublishers: 1,
    workers: 2,
    changes: alternating(scaled({ short: 1, quick: 1, full: 3, long: 20 })),
  });
  evidence.audited('Ordering: events of one user, from one publisher', audit);
  evidence.promise(order);
});

function alternating(times: number): readonly Change[] {
  return Array.from({ length: times }, (_, i) => (i % 2 === 0 ? 'stepdown' : 'kill'));
}

function count(figure: number): string {
  return figure.toLocaleString('en');
}
