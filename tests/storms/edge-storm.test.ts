import { Evidence, eventually, scaled, startBridge, startNats, type NatsCluster } from '@longspan/testkit';
import { expect, onTestFailed, test } from 'vitest';
import { Crowd } from './crowd.ts';

const CLIENTS = scaled({ short: 500, quick: 1_000, full: 5_000, long: 5_000 });
interface StormCase {
  readonly missed: number;
  readonly requestsMax: number;
}

const LARGE: readonly StormCase[] = [
  { missed: 0, requestsMax: 0.05 },
  { missed: 2, requestsMax: 0.5 },
];
const RESUMED_WITHIN_MS = 60_000;
const RESUMED_SOON_MS = 5_000;

/**
 * What the edges may ask of NATS for each client that comes back. Where nobody shares anything, it is a barrier and a
 * look for each, and so it may be for a small storm, which a fast machine takes one by one. A large one is shared.
 */
const CASES = scaled<readonly StormCase[]>({
  short: [
    { missed: 0, requestsMax: 2 },
    { missed: 2, requestsMax: 2 },
  ],
  quick: [
    { missed: 0, requestsMax: 2 },
    { missed: 2, requestsMax: 1 },
  ],
  full: LARGE,
  long: LARGE,
});

test.for(CASES)(
  'G10: a storm of clients, each with $missed events missed, resumes on the other edges without a herd on NATS',
  async ({ missed, requestsMax }) => {
    // Goal: the death of a full edge is felt by nobody but its own clients, for seconds, and hardly by NATS.
    // Method: all clients on one edge of three; it is killed, after it was frozen for as long as it takes to publish
    // what they miss. Requests are what NATS itself has counted on the connections of the other two.
    await using evidence = new Evidence(
      'storms',
      `An edge with everybody dies, ${missed} events missed by each`,
    );
    await using nats = await startNats({ nodes: 1, backend: 'processes' });
    await using bridge = await startBridge({ nats, edges: 3, env: { LONGSPAN_EVENTS_PER_USER: '100' } });
    onTestFailed(() => console.log(bridge.logTail()));
    const reconnect = evidence.latency('loss of the edge to caught up on another');
    await using crowd = await Crowd.connect(nats, bridge, CLIENTS, { reconnect });
    await crowd.publish(1);
    await crowd.have(1);

    const { service } = bridge.edge(0);
    if (missed > 0) {
      service.pause();
      evidence.mark('edge-0 frozen');
      await crowd.publish(missed);
    }
    const before = await requests(nats);
    await service.kill();
    evidence.mark('edge-0 killed');
    await crowd.resumed(RESUMED_WITHIN_MS);
    const asked = (await requests(nats)) - before;
    evidence.mark('all resumed');
    await crowd.have(1 + missed);
    await crowd.publish(1);
    await crowd.have(2 + missed);

    expect(crowd.clients.every(({ edge }) => edge === 'edge-1' || edge === 'edge-2')).toBe(true);
    const who = `${CLIENTS.toLocaleString('en')} clients that missed ${missed} events`;
    evidence.audited(`Storm of ${who}: events`, await crowd.audit());
    evidence.promise({
      metric: `Storm of ${who}: requests to NATS`,
      requirement: `fewer than ${requestsMax} a client`,
      achieved: `${asked.toLocaleString('en')} requests, ${(asked / CLIENTS).toFixed(3)} a client`,
      holds: asked < requestsMax * CLIENTS,
    });
    evidence.figure({
      metric: `Storm of ${who}: resumed`,
      requirement: `all within ${RESUMED_SOON_MS / 1_000} s`,
      achieved: `${reconnect.count.toLocaleString('en')} resumed; p50 ${seconds(reconnect.percentileMs(50))}, last ${seconds(reconnect.percentileMs(100))}`,
      holds: reconnect.count >= CLIENTS && reconnect.percentileMs(100) <= RESUMED_SOON_MS,
    });
  },
);

/** What the edges that live have published to NATS so far. */
async function requests(nats: NatsCluster): Promise<number> {
  const connections = await eventually('NATS tells its connections', () => nats.connections());
  return connections
    .filter(({ name }) => name === 'edge-1' || name === 'edge-2')
    .reduce((sum, { published }) => sum + published, 0);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
