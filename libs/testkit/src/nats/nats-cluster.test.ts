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

test('a node that stutters stands still again and again, and works when that is over', async () => {
  // Goal: a slow server is slow, not dead. Method: requests one after the other, more than fit between two stalls.
  await using nats = await startNats({ nodes: 1, backend: 'processes' });
  const connection = await connect({ servers: [...nats.urls] });
  {
    await using stutter = nats.stutter(0, { stallMs: 50, workMs: 10 });
    for (let i = 0; i < 10_000 && stutter.stalls < 5; i += 1) await connection.flush();
    expect(stutter.stalls).toBeGreaterThanOrEqual(5);
  }
  await connection.flush();
  await connection.close();
});
