import { connectNats } from '@longspan/broker';
import { startNats } from '@longspan/testkit';
import { connect } from '@nats-io/transport-node';
import { NatsPublisher } from '@longspan/broker';
import type { Epoch } from '@longspan/protocol';
import { setInterval } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { event, PublishedLog, user } from './publisher-log.ts';

const USERS = 12;
/** Below the time of a commit, so that calls wait behind one another. */
const CALL_EVERY_MS = 2;
/** So many calls of a user under way at most. */
const CALLS_MAX = 50;

/** Publishes for some users, several calls at a time each, until it is told to stop. */
class Load {
  readonly receipts = new Map<string, number[]>();
  readonly errors: unknown[] = [];
  readonly duplicates: string[] = [];
  readonly #log: PublishedLog;
  readonly #users: readonly Promise<void>[];
  #stopped = false;
  #next: PromiseWithResolvers<void> = Promise.withResolvers<void>();

  constructor(log: PublishedLog) {
    this.#log = log;
    this.#users = Array.from({ length: USERS }, (_, u) => this.#run(`load-${u}`, 1 + (u % 4)));
  }

  /** Resolves when something has been acknowledged that was published after this call. */
  async progress(): Promise<void> {
    await this.#log.publisher.publish(user('progress'), [event(crypto.randomUUID())]);
    await this.#next.promise;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#users);
  }

  async #run(name: string, perCall: number): Promise<void> {
    const seqs: number[] = [];
    this.receipts.set(name, seqs);
    const pending = new Set<Promise<void>>();
    let next = 0;
    for await (const _ of setInterval(CALL_EVERY_MS)) {
      if (this.#stopped) break;
      if (pending.size >= CALLS_MAX) continue;
      const events = Array.from({ length: perCall }, (_, i) => event(String(next + i)));
      const call = this.#publish(name, events, seqs).finally(() => pending.delete(call));
      pending.add(call);
      next += perCall;
    }
    await Promise.all(pending);
  }

  async #publish(name: string, events: readonly ReturnType<typeof event>[], seqs: number[]): Promise<void> {
    try {
      for (const { id, position, duplicate } of await this.#log.publisher.publish(user(name), events)) {
        seqs[Number(id)] = position.seq;
        if (duplicate) this.duplicates.push(`${name} ${id}`);
      }
      this.#next.resolve();
      this.#next = Promise.withResolvers<void>();
    } catch (error) {
      this.errors.push(error);
    }
  }
}

/** What is wrong with what was committed, compared with what was acknowledged; nothing, if all is well. */
async function faultsOf(log: PublishedLog, load: Load): Promise<unknown[]> {
  const faults: unknown[] = [...load.errors, ...load.duplicates.map((id) => `${id} is called a duplicate`)];
  for (const [name, seqs] of load.receipts) {
    const stored = await log.eventsOf(user(name));
    if (stored.length !== seqs.length)
      faults.push(`${name}: ${stored.length} stored, ${seqs.length} acknowledged`);
    // One tells it: after it, everything is in the place of something else.
    const i = stored.findIndex(({ id, seq }, place) => Number(id) !== place || seqs[place] !== seq);
    const wrong = stored[i];
    if (wrong !== undefined)
      faults.push(
        `${name}: ${wrong.id} at ${wrong.seq} is stored as number ${i}, whose receipt says ${seqs[i]}`,
      );
  }
  return faults;
}

test('whatever becomes of the leader, every call commits once, in call order, within its budget (G5, G6)', async () => {
  // Goal: no failed call, no repeat, no changed order, and right receipts, under every fault of a single server.
  // Method: twelve users publish throughout, several calls at a time, singles and batches; the stream's leader is
  // killed, ended, frozen, and cut off, one after the other. Then what was acknowledged is compared with the stream.
  await using log = await PublishedLog.start(3);
  const { cluster, stream } = log;
  const load = new Load(log);
  const faults = [
    { harm: (node: number) => cluster.kill(node), heal: (node: number) => cluster.start(node) },
    { harm: (node: number) => cluster.stop(node), heal: (node: number) => cluster.start(node) },
    { harm: (node: number) => cluster.pause(node), heal: (node: number) => cluster.unpause(node) },
    { harm: (node: number) => cluster.partition(node), heal: (node: number) => cluster.heal(node) },
  ];
  for (const { harm, heal } of faults) {
    await load.progress();
    const leader = await cluster.waitForLeader(stream);
    await harm(leader);
    await cluster.waitForLeader(stream);
    await load.progress();
    await heal(leader);
    await cluster.waitCurrent(leader);
  }
  await load.progress();
  await load.stop();
  expect(await faultsOf(log, load)).toEqual([]);
});

test('a publisher whose server is cut off from the others goes to another one, within the budget', async () => {
  // Goal: a partition on the wrong side of which a publisher finds itself costs it time, not events (G5).
  // Method: cut off the very server that the publisher is connected to, and publish with the default budget.
  await using log = await PublishedLog.start(3);
  await log.publisher.publish(user('ada'), [event('before')]);
  const connectedTo = log.cluster.urls.findIndex((url) => url.endsWith(log.nc.getServer()));
  await log.cluster.partition(connectedTo);
  const [receipt] = await log.publisher.publish(user('ada'), [event('during')]);
  expect(receipt?.duplicate).toBe(false);
  expect(log.cluster.urls.findIndex((url) => url.endsWith(log.nc.getServer()))).not.toBe(connectedTo);
  await log.cluster.heal(connectedTo);
});

test('without a server a call fails after its budget; sent again later, it is committed once', async () => {
  // Goal: a back end is told in time, may repeat, and gets one event.
  // Method: freeze the only server, publish with a short budget, thaw it, publish the same again.
  await using log = await PublishedLog.start(1);
  const ada = user('ada');
  await log.publisher.publish(ada, [event('before')]);
  await log.cluster.pause(0);
  const failed = log.publisher.publish(ada, [event('1'), event('2')], { budgetMs: 300 });
  await expect(failed).rejects.toMatchObject({ code: 'no_quorum', retryable: true });
  const patient = log.publisher.publish(ada, [event('3')]);
  await log.cluster.unpause(0);
  await patient;
  await log.publisher.publish(ada, [event('1'), event('2')]);
  const ids = (await log.eventsOf(ada)).map(({ id }) => id);
  expect(ids.toSorted()).toEqual(['1', '2', '3', 'before']);
});

test('a call waits for a server that restarts', async () => {
  // Goal: a restart within the budget is nothing that a back end notices, on one server as well.
  // Method: kill the only server with calls under way, start it again.
  await using log = await PublishedLog.start(1);
  const load = new Load(log);
  await load.progress();
  await log.cluster.kill(0);
  await log.cluster.start(0);
  await load.progress();
  await load.stop();
  expect(await faultsOf(log, load)).toEqual([]);
});

test('a call that is turned away by the limit of waiting bytes can be sent again', async () => {
  // Goal: memory stays bounded while nothing can be published, and the caller learns it at once.
  // Method: freeze the server and publish more for one user than may wait.
  await using log = await PublishedLog.start(1);
  await log.cluster.pause(0);
  const data = 'x'.repeat(200 * 1024);
  const calls = Array.from({ length: 100 }, (_, i) =>
    log.publisher.publish(user('ada'), [event(String(i), data)]),
  );
  const settled = Promise.allSettled(calls);
  const turnedAway = await calls.at(-1)?.catch((error: unknown) => error);
  expect(turnedAway).toMatchObject({ code: 'no_quorum', retryable: true });
  await log.cluster.unpause(0);
  const outcomes = await settled;
  const taken = outcomes.filter(({ status }) => status === 'fulfilled').length;
  expect(await log.eventsOf(user('ada'))).toHaveLength(taken);
  await log.publisher.publish(user('ada'), [event('99', data)]);
});

test('what the server forbids is refused at once, and closing the connection settles every call', async () => {
  // Goal: neither a missing permission nor a closed connection makes a caller wait for its budget.
  // Method: a user who may publish nothing; then a server that does not answer, and a connection that is closed.
  const config = `authorization { users: [{ user: reader, password: x, permissions: { publish: "nothing" } }] }`;
  await using cluster = await startNats({ nodes: 1, backend: 'processes', config });
  const nc = await connect({ servers: [...cluster.urls], user: 'reader', pass: 'x' });
  const publisher = new NatsPublisher(nc, { shards: 1, epochOf: () => 'epoch' as Epoch });
  await expect(publisher.publish(user('ada'), [event('1')])).rejects.toMatchObject({ code: 'refused' });
  await nc.close();
  await expect(publisher.publish(user('ada'), [event('1')])).rejects.toMatchObject({ code: 'closed' });
});

test('closing the connection settles the calls under way', async () => {
  // Goal: no promise is left hanging.
  // Method: a frozen server; close the connection under a waiting call.
  await using log = await PublishedLog.start(1);
  const nc = await connectNats({ servers: log.cluster.urls, name: 'closing' });
  const publisher = log.open(nc);
  await log.cluster.pause(0);
  const call = publisher.publish(user('ada'), [event('1')]);
  const [outcome] = await Promise.all([call.catch((error: unknown) => error), nc.close()]);
  expect(outcome).toMatchObject({ code: 'closed' });
  await log.cluster.unpause(0);
});
