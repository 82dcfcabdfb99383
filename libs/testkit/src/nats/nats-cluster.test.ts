import { connect } from '@nats-io/transport-node';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { expect, test } from 'vitest';
import { startNats } from './nats-cluster.ts';

test('a single server keeps its address and its data over a hard kill', async () => {
  // Goal: what tests build on: a killed server comes back where it was, with what it had.
  // Method: publish, kill, start, read over the same url.
  await using nats = await startNats({ nodes: 1, backend: 'processes' });
  const before = await connect({ servers: [...nats.urls], reconnect: false });
  const manager = await jetstreamManager(before);
  await manager.streams.add({ name: 'KEPT', subjects: ['kept'] });
  await jetstream(before).publish('kept', 'x');
  await nats.kill(0);
  await before.closed();
  await nats.start(0);
  await nats.waitCurrent(0);
  const after = await connect({ servers: [...nats.urls] });
  const info = await (await jetstreamManager(after)).streams.info('KEPT');
  expect(info.state.messages).toBe(1);
  await after.close();
});

test(
  'a partitioned leader is replaced, and agrees with the majority when it is healed',
  { timeout: 60_000 },
  async () => {
    // Goal: the faults have the effects that their promises claim, without the test polling anything.
    // Method: one replicated stream; cut its leader off; heal it; freeze the next leader; let it go.
    await using nats = await startNats({ nodes: 3, backend: 'processes' });
    const connection = await connect({ servers: [...nats.urls], maxReconnectAttempts: -1 });
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: 'LED', subjects: ['led'], num_replicas: 3 });

    const first = await nats.waitForLeader('LED');
    await nats.partition(first);
    const second = await nats.waitForLeader('LED');
    expect(second).not.toBe(first);
    await nats.heal(first);
    await nats.waitCurrent(first);
    expect(await nats.leaderOf('LED')).toBe(second);

    await nats.stop(second);
    expect(await nats.waitForLeader('LED')).not.toBe(second);
    await nats.start(second);
    await nats.waitCurrent(second);
    await connection.close();
  },
);
