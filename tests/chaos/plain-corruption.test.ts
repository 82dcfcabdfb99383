import {
  audit,
  bothWays,
  dumpStreams,
  Evidence,
  faultKindsOf,
  FaultProxy,
  judged,
  scaled,
  startBridge,
  startNats,
  SteadyLoad,
  type Audience,
  type RecordedClient,
} from '@longspan/testkit';
import { expect, onTestFailed, test } from 'vitest';

const USERS = ['ada', 'bob', 'cleo', 'dan'];
const RATE_PER_USER = 50;
/** One byte in two thousand: hardly a connection lasts a second. */
const CORRUPTION = 5e-4;
/** A device that waits is not harmed: it comes back soon. */
const BACKOFF = { baseMs: 20, maxMs: 100 };
const EVENTS = scaled({ short: 800, quick: 800, full: 6_000, long: 500_000 });
const EVENTS_AFTER = 200;

test('bytes that are corrupted on a connection without TLS harm nobody else, and nothing stays broken', async () => {
  // Goal: whatever a changed byte turns a frame into, the edge and the library survive it, other devices notice nothing,
  // and the harmed one is served again on a clean network. What it was told meanwhile no one can promise without TLS.
  // Method: each user has a healthy device and one behind a link that changes bytes; then the link is mended.
  await using evidence = new Evidence('chaos', 'Corrupted bytes without TLS harm nobody else');
  await using nats = await startNats({ nodes: 1, backend: 'processes' });
  const env = { LONGSPAN_HEARTBEAT_MS: '500', LONGSPAN_EVENTS_PER_USER: '100000' };
  await using bridge = await startBridge({ nats, edges: 1, env });
  onTestFailed(() => console.log(bridge.logTail()));
  const port = Number(new URL(bridge.edge(0).url).port);
  await using link = await FaultProxy.listen(() => port, { random: evidence.random('corruption') });
  await using cleanup = new AsyncDisposableStack();
  const healthy = USERS.map((user) => cleanup.use(bridge.client(user, { label: `healthy-${user}` })));
  const urls = [`http://127.0.0.1:${link.port}`];
  const harmed = USERS.map((user) =>
    cleanup.use(bridge.client(user, { urls, backoff: BACKOFF, label: `harmed-${user}` })),
  );
  await Promise.all([...healthy, ...harmed].map((device) => device.untilLive()));

  link.impair(bothWays({ corruption: CORRUPTION }));
  await using load = new SteadyLoad({ users: USERS, ratePerUser: RATE_PER_USER, publish: bridge.publish });
  const sentAway: Record<string, number> = {};
  for (let published = 0; published < EVENTS; published += 100) {
    await load.flows(100);
    for (const { client } of harmed) {
      if (client.state.kind !== 'closed') continue;
      // An edge that cannot read a frame says so, and the library leaves it to the application what to do about that.
      sentAway[client.state.reason] = (sentAway[client.state.reason] ?? 0) + 1;
      client.connect();
    }
  }
  evidence.mark('the link is mended');
  link.impair({});
  link.reset();
  for (const device of harmed) {
    await device.leave();
    device.comeBack();
  }
  await Promise.all(harmed.map((device) => device.untilLive()));
  const inHarm = judged(nats, load, healthy);
  evidence.audited('Chaos: devices beside ones whose bytes are corrupted', await inHarm);
  expect(healthy.map(({ edges }) => edges.length)).toEqual(USERS.map(() => 1));
  expect(bridge.edge(0).service.running).toBe(true);
  const committed = await dumpStreams(nats.urls);
  const { published } = load;
  const wrong = audit({ published, committed, clients: harmed.map(({ log }) => log) });
  evidence.fact('what devices were told wrong while their bytes were corrupted', wrong);
  evidence.fact('closed for good by a corrupted frame', sentAway);

  await using later = new SteadyLoad({ users: USERS, ratePerUser: RATE_PER_USER, publish: bridge.publish });
  await later.flows(EVENTS_AFTER);
  const mendedAt = committed.at(-1)?.seq ?? 0;
  const after = await judged(
    nats,
    later,
    harmed.map((device) => since(mendedAt, device)),
  );
  evidence.audited('Chaos: devices whose bytes were corrupted, once their link is mended', after);
  const told = faultKindsOf(wrong).map((kind) => `${kind} ${wrong[kind].length}`);
  evidence.figure({
    metric: 'Chaos: events that corrupted bytes without TLS have falsified',
    requirement: 'stated: without TLS nothing is promised to the device itself',
    achieved:
      `${told.join(', ') || 'none'}; of ${wrong.counts.delivered.toLocaleString('en')} delivered, ` +
      `${link.corruptedBytes.toLocaleString('en')} bytes corrupted on ${link.accepted} connections`,
    holds: true,
  });
});

/** A device as it is judged by what came after a place in the (only) stream. */
function since(seq: number, device: RecordedClient): Audience {
  return {
    get log() {
      const seen = device.seen.filter((entry) => (entry.kind === 'event' ? entry.seq : entry.to) > seq);
      return { client: device.log.client, user: device.log.user, from: seq, seen };
    },
    untilSeen: (id, timeoutMs) => device.untilSeen(id, timeoutMs),
    [Symbol.asyncDispose]: () => device[Symbol.asyncDispose](),
  };
}
