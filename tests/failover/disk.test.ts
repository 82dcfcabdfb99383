import { Evidence, scaled, startBridge, startNats, SteadyRun } from '@longspan/testkit';
import { expect, onTestFailed, test } from 'vitest';
import { conclude, timings } from './conclude.ts';

const STREAM = 'LONGSPAN_EVENTS_0';
const DISK_BYTES = 48 * 1024 * 1024;
const ROUNDS = scaled({ short: 1, quick: 1, full: 2, long: 30 });
const ELECTIONS_MS = 20_000;
const inContainers = (process.env['LONGSPAN_TEST_NATS_IMAGE'] ?? '') !== '';

test.runIf(inContainers)('a stream leader whose disk is full costs no event', async ({ task }) => {
  // Goal: a node that cannot write leaves the work to the others; with room again and started anew, it is as before.
  // Method: each node has a small disk of its own; fill the leader's to the last byte, so that its writes fail (ENOSPC),
  // while clients stream; make room and start it again, as an operator would.
  await using nats = await startNats({ nodes: 3, backend: 'containers', diskBytes: DISK_BYTES });
  task.meta.backend = nats.backend;
  await using evidence = new Evidence('failover', task.name);
  await using bridge = await startBridge({ nats, env: { LONGSPAN_EVENTS_PER_USER: '1000000' } });
  onTestFailed(() => console.log(bridge.logTail()));
  await using run = await SteadyRun.start({ nats, bridge, name: 'disk', ...timings(evidence) });
  for (let round = 0; round < ROUNDS; round += 1) {
    const leader = await nats.waitForLeader(STREAM);
    evidence.mark('disk of the leader full');
    await nats.fillDisk(leader);
    await nats.waitForOtherLeader(STREAM, leader);
    await run.load.flows(200);
    expect(await nats.log(leader)).toMatch(/no space left on device|failed to store a msg/);
    evidence.mark('room again, node started anew');
    await nats.freeDisk(leader);
    await nats.stop(leader);
    await nats.start(leader);
    await nats.waitCurrent(leader);
    await run.load.flows(100);
  }
  conclude(evidence, 'disk full on a NATS node', await run.finish(), ELECTIONS_MS);
});
