import {
  Evidence,
  judged,
  MobilePath,
  PROFILES,
  scaled,
  startBridge,
  startNats,
  SteadyLoad,
  type Bridge,
  type NetworkProfile,
  type RecordedClient,
} from '@longspan/testkit';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFailed, test } from 'vitest';

const RATE_PER_USER = 2;
/** What has piled up before the device comes for the first time. */
const BACKLOG = 40;
/** The slowest network needs five round trips of 0.84 s, or two seconds for the bytes. */
const CAUGHT_UP_MS = 10_000;
/** Each device changes between its network and Wi-Fi so many times. */
const HANDOVERS = scaled({ short: 2, quick: 2, full: 8, long: 400 });
const DARK_MS = scaled({ short: 4_000, quick: 5_000, full: 30_000, long: 30_000 });
const TUNNELS = scaled({ short: 1, quick: 1, full: 2, long: 100 });
/** A handover that the library is not told of is noticed after two heartbeats. */
const HEARTBEAT_MS = 2_000;

/** A device and its ways to each edge, over one network at a time. */
interface Phone {
  readonly profile: NetworkProfile;
  readonly app: RecordedClient;
  readonly paths: readonly MobilePath[];
}

test('over every mobile network everything arrives, through handovers and tunnels', async () => {
  // Goal: G1-G3 and G9 for devices that move. Method: one device for each profile, all at once; each catches up with a
  // backlog, then changes between its network and Wi-Fi - its old connections go dark, as an address change does it;
  // every other time the library is told, as a browser tells it - and then is in a tunnel. Events come all the while.
  await using evidence = new Evidence('mobile', 'Every network, with handovers and tunnels');
  await using nats = await startNats({ nodes: 1, backend: 'processes' });
  await using bridge = await startBridge({ nats, env: { LONGSPAN_HEARTBEAT_MS: String(HEARTBEAT_MS) } });
  onTestFailed(() => console.log(bridge.logTail()));
  await using cleanup = new AsyncDisposableStack();
  const profiles = Object.values(PROFILES);
  const users = profiles.map(({ name }) => `phone on ${name}`);
  await Promise.all(users.map((user) => bridge.ingress.publish(user, backlogOf(user))));
  await using load = new SteadyLoad({ users, ratePerUser: RATE_PER_USER, publish: bridge.publish });
  const phones = await Promise.all(
    profiles.map((profile, i) => turnOn(bridge, users[i] ?? '', profile, evidence, cleanup)),
  );

  for (let i = 0; i < HANDOVERS; i += 1) {
    const to = i % 2 === 0 ? 'Wi-Fi' : 'cellular';
    const isTold = i % 4 === 1 || i % 4 === 2;
    evidence.mark(`handover to ${to}${isTold ? ', and the library is told' : ''}`);
    await Promise.all(
      phones.map(async ({ profile, app, paths }) => {
        const before = app.edges.length;
        for (const path of paths) path.handover(i % 2 === 0 ? PROFILES.wifi : profile);
        if (isTold) app.client.reconnect();
        await app.until(
          'is back after a handover',
          () => app.edges.length > before && app.client.state.kind === 'live',
          60_000,
        );
      }),
    );
    await load.flows(users.length * 2);
  }
  for (let i = 0; i < TUNNELS; i += 1) {
    evidence.mark('into the tunnel');
    for (const path of phones.flatMap(({ paths }) => paths)) path.enterTunnel();
    await pause(DARK_MS);
    evidence.mark('out of the tunnel');
    for (const path of phones.flatMap(({ paths }) => paths)) path.leaveTunnel();
    const last = users.map((user) => load.lastAcknowledged(user));
    await Promise.all(
      phones.map(({ app }) => app.untilSeen(last[users.indexOf(app.log.user)] ?? '', 60_000)),
    );
  }
  evidence.mark('publishers stop');
  const apps = phones.map(({ app }) => app);
  evidence.audited(
    `Mobile: events lost, repeated or reordered over ${profiles.length} networks, handovers and tunnels`,
    await judged(nats, load, apps),
  );
  for (const { app } of phones)
    expect(app.seen.slice(0, BACKLOG)).toMatchObject(backlogOf(app.log.user).map(({ id }) => ({ id })));
});

function backlogOf(user: string): readonly { readonly id: string; readonly type: string }[] {
  return Array.from({ length: BACKLOG }, (_, n) => ({ id: `${user}, backlog ${n}`, type: 'tick' }));
}

/** A new device, which has caught up; how long that took is written down. */
async function turnOn(
  bridge: Bridge,
  user: string,
  profile: NetworkProfile,
  evidence: Evidence,
  cleanup: AsyncDisposableStack,
): Promise<Phone> {
  const random = evidence.random(user);
  const paths: MobilePath[] = [];
  for (const { url } of bridge.edges)
    paths.push(cleanup.use(await MobilePath.open(Number(new URL(url).port), profile, random)));
  const startedMs = performance.now();
  const app = cleanup.use(
    bridge.client(user, {
      urls: paths.map(({ port }) => `http://127.0.0.1:${port}`),
      label: user,
      latency: evidence.latency(`publish to callback over ${profile.name}, its handovers and tunnels`),
      reconnect: evidence.latency('connection lost to caught up after handovers and tunnels'),
    }),
  );
  await app.untilLive();
  const tookMs = performance.now() - startedMs;
  evidence.figure({
    metric: `Mobile: first connection to caught up over ${profile.name}`,
    requirement: `< ${CAUGHT_UP_MS / 1_000} s with a backlog of ${BACKLOG} events`,
    achieved: `${(tookMs / 1_000).toFixed(2)} s`,
    holds: tookMs < CAUGHT_UP_MS,
  });
  return { profile, app, paths };
}
