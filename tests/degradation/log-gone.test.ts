import {
  eventually,
  Evidence,
  scaled,
  startBridge,
  startNats,
  SteadyRun,
  type Bridge,
} from '@longspan/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFailed, test } from 'vitest';
import { ask, history, inWords, tryToPublish } from './probe.ts';

const HEARTBEAT_MS = 500;
const BUDGET_MS = 1_000;
/** How long NATS is away: longer than an edge waits for it before it asks its sessions to go elsewhere. */
const AWAY_MS = scaled({ short: 8_000, quick: 8_000, full: 30_000, long: 600_000 });

test('with NATS gone, sessions stay, everything else says so, and all heals by itself when it is back', async ({
  task,
}) => {
  // Goal: the loss of the log is told to whoever asks, ends nobody's session, and needs nobody to start anything again.
  // Method: kill the only NATS server under load, look at every door, start it again; nothing else is done.
  await using nats = await startNats({ nodes: 1, backend: 'processes' });
  await using evidence = new Evidence('degradation', task.name);
  const env = {
    LONGSPAN_HEARTBEAT_MS: String(HEARTBEAT_MS),
    LONGSPAN_PUBLISH_BUDGET_MS: String(BUDGET_MS),
    LONGSPAN_EVENTS_PER_USER: '1000000',
  };
  await using bridge = await startBridge({ nats, env });
  onTestFailed(() => console.log(bridge.logTail()));
  await using run = await SteadyRun.start({ nats, bridge, name: 'gone', users: 4 });

  evidence.mark('NATS gone');
  await nats.kill(0);
  await eventually('nobody is ready', async () => (await readiness(bridge)).every((code) => code === 503));
  const alive = await Promise.all(urls(bridge).map(async (url) => (await ask(url, '/healthz')).status));
  const publish = await tryToPublish(bridge, 'gone-0', 'while-gone');
  const read = await history(bridge, 'gone-0');
  const token = await bridge.token('gone-0');
  const newcomer = await ask(bridge.edge(0).url, `/v1/events?access_token=${token}`);
  await using late = (await bridge.rawClient('gone-0', { name: 'late' })).start();
  await sleep(AWAY_MS);
  const beats = Math.min(...run.raws.map((raw) => raw.framesOf('ping')));

  evidence.promise({
    metric: 'Degradation, NATS gone: readyz of every service, healthz',
    requirement: '503, 200',
    achieved: `503, ${alive.join(' ')}`,
    holds: alive.every((status) => status === 200),
  });
  evidence.promise({
    metric: 'Degradation, NATS gone: a publish, history, a newcomer',
    requirement: '503 each, with a time to try again',
    achieved: [publish, read, newcomer].map(inWords).join(' · '),
    holds: [publish, read, newcomer].every(({ status, retryAfterS }) => status === 503 && retryAfterS > 0),
  });
  const closes = run.raws.flatMap((raw) => raw.closes).length;
  evidence.promise({
    metric: 'Degradation, NATS gone: sessions that ended for it',
    requirement: '0, and heartbeats go on',
    achieved: `${closes} of ${run.raws.length} in ${AWAY_MS / 1_000} s, at least ${beats} heartbeats each`,
    holds: closes === 0 && beats >= AWAY_MS / HEARTBEAT_MS / 2,
  });

  evidence.mark('NATS back');
  const backMs = performance.now();
  await nats.start(0);
  await eventually('everybody is ready', async () => (await readiness(bridge)).every((code) => code === 200));
  await run.load.flows(20);
  await late.until('has caught up', () => late.caughtUp);
  const healedMs = performance.now() - backMs;
  evidence.figure({
    metric: 'Degradation, NATS back: until all is ready, events flow and newcomers are caught up',
    requirement: '< 10 s',
    achieved: `${(healedMs / 1_000).toFixed(1)} s`,
    holds: healedMs < 10_000,
  });
  evidence.audited('Degradation, NATS gone: events', await run.finish());
});

function urls(bridge: Bridge): readonly string[] {
  return [...bridge.edges.map(({ url }) => url), bridge.ingress.url];
}

function readiness(bridge: Bridge): Promise<readonly number[]> {
  return Promise.all(urls(bridge).map(async (url) => (await ask(url, '/readyz')).status));
}
