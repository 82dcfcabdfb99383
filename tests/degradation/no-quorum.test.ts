import { eventually, Evidence, judged, scaled, startBridge, startNats, SteadyLoad } from '@longspan/testkit';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFailed, test } from 'vitest';
import { ask, history, inWords, tryToPublish } from './probe.ts';

const HEARTBEAT_MS = 500;
const AWAY_MS = scaled({ short: 2_000, quick: 2_000, full: 20_000, long: 300_000 });

test('without a quorum what is committed can be read, what is not is refused, and commands wait', async ({
  task,
}) => {
  // Goal: readers are served by the replica that is left and told that there may be more; writers are told to try again;
  // a command that was sent meanwhile is committed once, when there is a quorum again.
  // Method: kill two of three nodes under load, look at every door, start them again; nothing else is done.
  await using nats = await startNats({ nodes: 3, backend: 'processes' });
  await using evidence = new Evidence('degradation', task.name);
  const env = {
    LONGSPAN_HEARTBEAT_MS: String(HEARTBEAT_MS),
    LONGSPAN_PUBLISH_BUDGET_MS: '1000',
    LONGSPAN_EVENTS_PER_USER: '1000000',
  };
  await using bridge = await startBridge({ nats, env });
  onTestFailed(() => console.log(bridge.logTail()));
  await using app = bridge.client('ada');
  await using early = await (await bridge.rawClient('ada', { name: 'early' })).connect();
  await using load = new SteadyLoad({ users: ['ada'], ratePerUser: 50, publish: bridge.publish });
  await load.flows(100);
  const before = load.lastAcknowledged('ada');
  await early.untilSeen(before);

  evidence.mark('two of three nodes killed');
  await Promise.all([nats.kill(1), nats.kill(2)]);
  const publish = await tryToPublish(bridge, 'ada', 'without-quorum');
  const read = await eventually('history is served by a replica', async () => {
    const answer = await history(bridge, 'ada');
    return answer.status === 200 && answer;
  });
  await using late = (await bridge.rawClient('ada', { startAt: 1, name: 'late' })).start();
  await late.untilSeen(before);
  await late.until('is told', () => late.errors.includes('not_caught_up'));
  const command = app.client.send(
    { type: 'note', data: { text: 'sent without a quorum' } },
    { id: 'waiting' },
  );
  const health = await Promise.all(bridge.edges.map(async ({ url }) => (await ask(url, '/healthz')).status));
  await sleep(AWAY_MS);
  evidence.promise({
    metric: 'Degradation, no quorum: a publish',
    requirement: '503 with a time to try again',
    achieved: inWords(publish),
    holds: publish.status === 503 && publish.retryAfterS > 0,
  });
  evidence.promise({
    metric: 'Degradation, no quorum: history and newcomers',
    requirement: 'served from what a replica has, and told that there may be more',
    achieved: `history ${read.status}, fresh: ${read.fresh}; newcomer told not_caught_up: ${!late.caughtUp}`,
    holds: !read.fresh && !late.caughtUp,
  });
  evidence.promise({
    metric: 'Degradation, no quorum: sessions that ended, processes that are unwell',
    requirement: '0, 0',
    achieved: `${early.closes.length}, ${health.filter((status) => status !== 200).length}`,
    holds: early.closes.length === 0 && health.every((status) => status === 200),
  });

  evidence.mark('nodes back');
  const backMs = performance.now();
  await Promise.all([nats.start(1), nats.start(2)]);
  const receipt = await command;
  await load.flows(100);
  await late.until('has caught up', () => late.caughtUp);
  const healedMs = performance.now() - backMs;
  evidence.promise({
    metric: 'Degradation, no quorum: a command sent meanwhile',
    requirement: 'committed when there is a quorum again',
    achieved: `committed at ${receipt.position}`,
    holds: receipt.position !== '',
  });
  evidence.figure({
    metric: 'Degradation, quorum back: until commands are committed, events flow and newcomers are caught up',
    requirement: '< 30 s',
    achieved: `${(healedMs / 1_000).toFixed(1)} s`,
    holds: healedMs < 30_000,
  });
  evidence.audited('Degradation, no quorum: events', await judged(nats, load, [app, early, late]));
});
