import { connect } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { eventually, scaled, startNats } from '@longspan/testkit';
import { expect, test } from 'vitest';

/** The other files rest on all of them: in short runs they show the rest. */
const HOW_MANY = scaled({ short: 1, quick: 1, full: 3, long: 3 });

test('the faults that the failover tests rest on have the effects that they claim', async ({ task }) => {
  // Goal: a cut, frozen or stopped leader is really replaced, and agrees with the majority when it is back.
  // Method: one replicated stream; harm its leader in each way; nothing but the kit's own promises is awaited.
  await using nats = await startNats({ nodes: 3 });
  task.meta.backend = nats.backend;
  const connection = await connect({ servers: [...nats.urls], maxReconnectAttempts: -1 });
  const manager = await jetstreamManager(connection);
  // Healthy nodes may still take each other for offline when a stream is to be placed.
  await eventually('the cluster takes a stream', () =>
    manager.streams.add({ name: 'LED', subjects: ['led'], num_replicas: 3 }),
  );
  const faults = [
    [(node: number) => nats.partition(node), (node: number) => nats.heal(node)],
    [(node: number) => nats.pause(node), (node: number) => nats.unpause(node)],
    [(node: number) => nats.stop(node), (node: number) => nats.start(node)],
  ] as const;
  for (const [harm, repair] of faults.slice(0, HOW_MANY)) {
    const leader = await nats.waitForLeader('LED');
    await harm(leader);
    const next = await nats.waitForLeader('LED');
    expect(next).not.toBe(leader);
    await repair(leader);
    await nats.waitCurrent(leader);
    expect(await nats.leaderOf('LED')).not.toBe(leader);
  }
  await connection.close();
});
