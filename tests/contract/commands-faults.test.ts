import {
  COMMANDS_STREAM,
  connectNats,
  ensureTopology,
  NatsCommandQueue,
  NatsCommandWriter,
  NatsControl,
  type Command,
} from '@longspan/broker';
import type { Epoch } from '@longspan/protocol';
import { eventually, startNats } from '@longspan/testkit';
import { setInterval } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { user } from './publisher-log.ts';

function command(id: string): Command {
  return { id, user: user('ada'), type: 'chat_message', time: '2026-01-01T00:00:00Z' };
}

function topology(replicas: number) {
  return { shards: 1, replicas, eventsPerUser: 10, retentionMs: 3_600_000, duplicateWindowMs: 120_000 };
}

test('whatever becomes of the leader, every sent command is taken, and acknowledged ones do not come again (G7)', async () => {
  // Goal: writing and taking go on by themselves after a leader's death, end, freeze and partition.
  // Method: one writer sends throughout, two agents share the work; each fault waits for commands that were sent after
  // it. In the end every `sent` command was taken; a repeat, if any, is recognisable by its sequence.
  await using cluster = await startNats({ nodes: 3, backend: 'processes' });
  await using nc = await connectNats({ servers: cluster.urls, name: 'commands-faults' });
  await eventually('the streams are there', () => ensureTopology(nc, topology(3)));
  await using writer = new NatsCommandWriter(nc, { epochOf: () => 'epoch' as Epoch });
  const stop = new AbortController();
  const taken = new Set<string>();
  const done = new Set<string>();
  const repeatedAfterAck: string[] = [];
  const seqs = new Map<string, Set<number>>();
  const sent: string[] = [];
  const agents = [1, 2].map(async () => {
    const queue = new NatsCommandQueue(nc);
    for await (const delivery of queue.take(
      { name: 'agents', ackWaitMs: 5_000, concurrency: 4 },
      stop.signal,
    )) {
      const { id } = delivery.command;
      if (done.has(id)) repeatedAfterAck.push(id);
      taken.add(id);
      seqs.set(id, (seqs.get(id) ?? new Set()).add(delivery.seq));
      // An acknowledgement that fails is followed by a redelivery.
      void delivery.ack().then(
        () => done.add(id),
        () => undefined,
      );
    }
  });
  const sending = new AbortController();
  const sends = (async () => {
    const pending: Promise<unknown>[] = [];
    let next = 0;
    for await (const _ of setInterval(20)) {
      if (sending.signal.aborted) break;
      const id = String(next++);
      pending.push(writer.send(command(id), { budgetMs: 30_000 }).then(() => sent.push(id)));
    }
    await Promise.all(pending);
  })();
  const progress = async () => {
    const id = crypto.randomUUID();
    await writer.send(command(id), { budgetMs: 30_000 });
    await eventually('a command sent now is taken', () => taken.has(id));
  };
  const faults = [
    { harm: (node: number) => cluster.kill(node), heal: (node: number) => cluster.start(node) },
    { harm: (node: number) => cluster.stop(node), heal: (node: number) => cluster.start(node) },
    { harm: (node: number) => cluster.pause(node), heal: (node: number) => cluster.unpause(node) },
    { harm: (node: number) => cluster.partition(node), heal: (node: number) => cluster.heal(node) },
  ];
  for (const { harm, heal } of faults) {
    await progress();
    const leader = await cluster.waitForLeader(COMMANDS_STREAM);
    await harm(leader);
    await cluster.waitForLeader(COMMANDS_STREAM);
    await progress();
    await heal(leader);
    await cluster.waitCurrent(leader);
  }
  sending.abort();
  await sends;
  await eventually('everything sent is taken', () => sent.every((id) => taken.has(id)));
  stop.abort();
  await Promise.all(agents);
  expect(sent.filter((id) => seqs.get(id)?.size !== 1)).toEqual([]);
  expect(repeatedAfterAck).toEqual([]);
});

test('an order to end sessions reaches every edge with the right user', async () => {
  // Goal: control reaches all and names nobody else (G4).
  // Method: two listeners on two connections; users whose names need encoding; a listener that has gone hears nothing.
  await using cluster = await startNats({ nodes: 1, backend: 'processes' });
  await using one = await connectNats({ servers: cluster.urls, name: 'one' });
  await using two = await connectNats({ servers: cluster.urls, name: 'two' });
  const heard: string[] = [];
  using gone = new NatsControl(two).onEndSessions((who) => heard.push(`gone ${who}`));
  gone[Symbol.dispose]();
  using first = new NatsControl(one).onEndSessions((who) => heard.push(`one ${who}`));
  using second = new NatsControl(two).onEndSessions((who) => heard.push(`two ${who}`));
  await Promise.all([one.flush(), two.flush()]);
  for (const name of ['ada', 'a.b *>', 'ü']) await new NatsControl(one).endSessions(user(name));
  await Promise.all([one.flush(), two.flush()]);
  expect([first, second]).toHaveLength(2);
  expect(heard.toSorted()).toEqual(['one a.b *>', 'one ada', 'one ü', 'two a.b *>', 'two ada', 'two ü']);
});
