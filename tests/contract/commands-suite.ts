import {
  commandSubject,
  COMMANDS_STREAM,
  connectNats,
  contextOf,
  DEAD_COMMANDS_STREAM,
  ensureTopology,
  NatsCommandQueue,
  NatsCommandWriter,
  type Command,
  type Delivery,
} from '@longspan/broker';
import type { Epoch } from '@longspan/protocol';
import { eventually, startNats, type NatsCluster } from '@longspan/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { setInterval } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { user } from './publisher-log.ts';

const PLENTY_MS = 30_000;

function command(name: string, id: string, more: Partial<Command> = {}): Command {
  return {
    id,
    user: user(name),
    type: 'chat_message',
    data: { text: id },
    time: '2026-01-01T00:00:00Z',
    ...more,
  };
}

/** What every implementation of the ports `CommandWriter` and `CommandQueue` must do, on `nodes` servers. */
export function commandsSuite(nodes: 1 | 3): void {
  let cluster: NatsCluster;
  let nc: NatsConnection;
  let writer: NatsCommandWriter;
  let queues = 0;

  beforeAll(async () => {
    cluster = await startNats({ nodes, backend: 'processes' });
    nc = await connectNats({ servers: cluster.urls, name: 'commands-contract' });
    const spec = {
      shards: 1,
      replicas: nodes,
      eventsPerUser: 10,
      retentionMs: 3_600_000,
      duplicateWindowMs: 120_000,
    };
    // A cluster that has just come up may not have met all its members yet.
    await eventually('the streams are there', () => ensureTopology(nc, spec));
    writer = new NatsCommandWriter(nc, { epochOf: () => 'epoch' as Epoch });
  });
  afterAll(async () => {
    await writer[Symbol.asyncDispose]();
    await nc.close();
    await cluster[Symbol.asyncDispose]();
  });

  /** A queue that starts at what is written from now on, and a way to take from it. */
  async function newQueue(options: { ackWaitMs?: number; concurrency?: number } = {}) {
    const name = `agents-${++queues}`;
    const manager = await jetstreamManager(nc);
    const { last_seq } = (await manager.streams.info(COMMANDS_STREAM)).state;
    // Each consumer of a cluster elects a leader before the answer comes, which may take longer than the library waits.
    await eventually(`the consumer ${name} is there`, () =>
      manager.consumers.add(COMMANDS_STREAM, {
        durable_name: name,
        ack_policy: 'explicit',
        deliver_policy: 'by_start_sequence',
        opt_start_seq: last_seq + 1,
      }),
    );
    const queue = { name, ackWaitMs: options.ackWaitMs ?? PLENTY_MS, concurrency: options.concurrency ?? 10 };
    return (signal: AbortSignal) => {
      const taken = new NatsCommandQueue(nc).take(queue, signal);
      return taken[Symbol.asyncIterator]();
    };
  }

  async function next(taken: AsyncIterator<Delivery>): Promise<Delivery> {
    const result = await taken.next();
    if (result.done === true) throw new Error('the queue ended');
    return result.value;
  }

  test('a command arrives as it was sent, once its commit was told (G7)', async () => {
    // Goal: nothing is added or lost on the way, whatever the user is called.
    // Method: users and data with all kinds of characters; the receipt names the sequence of the delivery.
    const stop = new AbortController();
    const taken = (await newQueue())(stop.signal);
    for (const name of ['ada', 'a.b *>c', 'zażółć ☂']) {
      const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
      const sent = command(name, 'id', { threadid: 't' });
      const receipt = await writer.send(sent, { context: contextOf(traceparent) });
      const delivery = await next(taken);
      expect(delivery.command).toEqual({ ...sent, traceparent });
      expect(receipt).toEqual({ position: `epoch-${delivery.seq}`, duplicate: false });
      expect(delivery.attempt).toBe(1);
      await delivery.ack();
    }
    stop.abort();
  });

  test('sending again is recognised; commands of one user commit in call order', async () => {
    // Goal: a client that sends again after a reconnect causes one run.
    // Method: 50 sends at once; the same ids again; another user with the same ids.
    const send = (name: string) =>
      Promise.all(Array.from({ length: 50 }, (_, i) => writer.send(command(name, String(i)))));
    const first = await send('order');
    const again = await send('order');
    const seqs = first.map(({ position }) => Number(position.split('-')[1]));
    expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
    expect(again).toEqual(first.map(({ position }) => ({ position, duplicate: true })));
    expect((await send('other')).some(({ duplicate }) => duplicate)).toBe(false);
  });

  test('agents that share a name share the work, and no more than their concurrency is in their hands', async () => {
    // Goal: adding agents adds capacity; a busy agent leaves work to the others.
    // Method: one agent takes its fill and holds it; another takes the rest; then the first goes on.
    const stop = new AbortController();
    const take = await newQueue({ concurrency: 2 });
    const holder = take(stop.signal);
    await writer.send(command('share', '1'));
    await writer.send(command('share', '2'));
    const held = [await next(holder), await next(holder)];
    await writer.send(command('share', '3'));
    const other = take(stop.signal);
    const third = await next(other);
    expect(third.command.id).toBe('3');
    await third.ack();
    await Promise.all(held.map((delivery) => delivery.ack()));
    expect(new Set([...held, third].map(({ seq }) => seq)).size).toBe(3);
    stop.abort();
  });

  test('a command whose holder vanished goes to another, as the next attempt', async () => {
    // Goal: G7: processed at least once.
    // Method: a short ack-wait, a holder that does nothing.
    const stop = new AbortController();
    const taken = (await newQueue({ ackWaitMs: 500 }))(stop.signal);
    await writer.send(command('vanish', '1'));
    const first = await next(taken);
    const second = await next(taken);
    expect([first.attempt, second.attempt]).toEqual([1, 2]);
    expect(second.seq).toBe(first.seq);
    await second.ack();
    stop.abort();
  });

  test('a holder that says it is working keeps its command', async () => {
    // Goal: a long run is not given to a second agent.
    // Method: an ack-wait of 600 ms, work of three times that, signs of life in between; then only a new command comes.
    const stop = new AbortController();
    const taken = (await newQueue({ ackWaitMs: 600 }))(stop.signal);
    await writer.send(command('working', 'long'));
    const long = await next(taken);
    const following = next(taken);
    let signs = 0;
    for await (const _ of setInterval(100)) {
      long.working();
      if (++signs === 18) break;
    }
    await long.ack();
    await writer.send(command('working', 'following'));
    const after = await following;
    expect(after.command.id).toBe('following');
    await after.ack();
    stop.abort();
  });

  test('a command given back comes again; a buried one lies with the dead letters and never comes again', async () => {
    // Goal: bounded redelivery, with nothing lost: who gives up says why.
    // Method: give it back, bury it, read the dead letter, and see that the consumer has nothing left.
    const stop = new AbortController();
    const taken = (await newQueue())(stop.signal);
    await writer.send(command('bury', '1'));
    const first = await next(taken);
    first.retry(0);
    const second = await next(taken);
    expect(second.attempt).toBe(2);
    await second.bury('it failed\ntwice');
    const manager = await jetstreamManager(nc);
    const dead = await manager.streams.getMessage(DEAD_COMMANDS_STREAM, {
      last_by_subj: `dead.${commandSubject(user('bury'))}`,
    });
    expect(dead?.json()).toMatchObject({ id: '1', type: 'chat_message' });
    expect(dead?.header.get('Longspan-Reason')).toBe('it failed twice');
    expect(dead?.header.get('Longspan-Attempts')).toBe('2');
    expect(dead?.header.get('Longspan-Command-Seq')).toBe(String(second.seq));
    const info = await manager.consumers.info(COMMANDS_STREAM, `agents-${queues}`);
    expect([info.num_ack_pending, info.num_pending, info.num_redelivered]).toEqual([0, 0, 0]);
    stop.abort();
  });

  test('what is no command is buried, and the next command comes', async () => {
    // Goal: one bad message does not stop the queue.
    // Method: write three kinds of nonsense into the stream by hand.
    const stop = new AbortController();
    const taken = (await newQueue())(stop.signal);
    for (const body of ['', '{', '{"id":1}'])
      await jetstream(nc).publish(commandSubject(user('nonsense')), body);
    await writer.send(command('nonsense', 'sense'));
    const delivery = await next(taken);
    expect(delivery.command.id).toBe('sense');
    await delivery.ack();
    stop.abort();
  });

  test('taking ends with its signal, and gives back what nobody has seen', async () => {
    // Goal: an agent that drains leaves its prefetched commands to others at once.
    // Method: three commands prefetched, one taken, stop; another agent gets the two without waiting for the ack-wait.
    const take = await newQueue({ concurrency: 3 });
    for (const id of ['1', '2', '3']) await writer.send(command('leave', id));
    const stop = new AbortController();
    const leaving = take(stop.signal);
    const first = await next(leaving);
    await eventually(
      'all three are handed out',
      async () => {
        const info = await (await jetstreamManager(nc)).consumers.info(COMMANDS_STREAM, `agents-${queues}`);
        return info.num_ack_pending === 3 || undefined;
      },
      PLENTY_MS,
    );
    stop.abort();
    expect((await leaving.next()).done).toBe(true);
    const stopOther = new AbortController();
    const other = take(stopOther.signal);
    const rest = [await next(other), await next(other)];
    expect(rest.map(({ command }) => command.id).toSorted()).toEqual(['2', '3']);
    await Promise.all([first, ...rest].map((delivery) => delivery.ack()));
    stopOther.abort();
  });

  test('a deleted consumer is made anew and goes on after what was done', async () => {
    // Goal: an operator's slip neither stops the agents nor makes them repeat a day.
    // Method: take and acknowledge; take again (so that the queue has looked where it is); delete; send.
    const take = await newQueue();
    await writer.send(command('anew', 'done'));
    const before = new AbortController();
    const earlier = take(before.signal);
    await (await next(earlier)).ack();
    before.abort();
    const stop = new AbortController();
    const taken = take(stop.signal);
    const following = next(taken);
    const manager = await jetstreamManager(nc);
    await eventually(
      'the consumer is asked',
      async () =>
        (await manager.consumers.info(COMMANDS_STREAM, `agents-${queues}`)).num_waiting > 0 || undefined,
      PLENTY_MS,
    );
    await manager.consumers.delete(COMMANDS_STREAM, `agents-${queues}`);
    await writer.send(command('anew', 'next'));
    const delivery = await following;
    expect(delivery.command.id).toBe('next');
    await delivery.ack();
    stop.abort();
  });
}
