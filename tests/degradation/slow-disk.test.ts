import { Evidence, scaled, startBridge, startNats, SteadyRun } from '@longspan/testkit';
import { expect, onTestFailed, test } from 'vitest';

const STREAM = 'LONGSPAN_EVENTS_0';
/** A disk that hangs for so long, and works for a moment in between. */
const HANG = { stallMs: 300, workMs: 100 };
const EVENTS = scaled({ short: 300, quick: 300, full: 1_500, long: 100_000 });

test('slow disks slow the flow down and nothing else: nothing is refused, nothing lost, no session ends', async ({
  task,
}) => {
  // Goal: what is slow is waited for, within the time that a publish has.
  // Method: stop and continue servers as a hanging disk does: first the stream's leader, then all three; events go on.
  await using nats = await startNats({ nodes: 3, backend: 'processes' });
  await using evidence = new Evidence('degradation', task.name);
  await using bridge = await startBridge({ nats, env: { LONGSPAN_EVENTS_PER_USER: '1000000' } });
  onTestFailed(() => console.log(bridge.logTail()));
  await using run = await SteadyRun.start({
    nats,
    bridge,
    name: 'slow',
    latency: evidence.latency('publish to callback'),
  });
  const leader = await nats.waitForLeader(STREAM);
  const all = [0, 1, 2];
  for (const slow of [[leader], all]) {
    await using stutters = new AsyncDisposableStack();
    evidence.mark(`${slow.length} of 3 nodes hang ${HANG.stallMs} of ${HANG.stallMs + HANG.workMs} ms`);
    const running = slow.map((node) => stutters.use(nats.stutter(node, HANG)));
    await run.load.flows(EVENTS);
    expect(running.every(({ stalls }) => stalls > 0)).toBe(true);
  }
  evidence.mark('all nodes work');
  await run.load.flows(EVENTS);
  const { retries } = run.load;
  const audit = await run.finish();
  const closes = run.raws.flatMap((raw) => raw.closes).length;
  evidence.promise({
    metric: 'Degradation, slow disks: sessions that ended',
    requirement: '0',
    achieved: `${closes} of ${run.raws.length}`,
    holds: closes === 0,
  });
  evidence.figure({
    metric: 'Degradation, slow disks: publishes refused',
    requirement: '0',
    achieved: `${retries}`,
    holds: retries === 0,
  });
  const latency = evidence.latency('publish to callback');
  evidence.figure({
    metric: 'Degradation, slow disks: publish to callback',
    requirement: 'p99 < 10 s',
    achieved: `p50 ${latency.percentileMs(50).toFixed(0)} ms, p99 ${latency.percentileMs(99).toFixed(0)} ms, max ${latency.percentileMs(100).toFixed(0)} ms`,
    holds: latency.percentileMs(99) < 10_000,
  });
  evidence.audited('Degradation, slow disks: events', audit);
});
