import { randomBytes } from 'node:crypto';
import {
  eventually,
  RecordedClient,
  startBridge,
  startNats,
  TraceReceiver,
  type Bridge,
  type NatsCluster,
} from '@longspan/testkit';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { accountsConf, credentialsOf, makeStreams, type Role } from './roles.ts';

/*
 * The services as production runs them: each as its own user of deploy/nats/accounts.conf, over a cluster of three. What
 * they do for a user works, and in doing it none of them is ever refused anything.
 */
const QUESTION = 'count to 400';

const owned = new AsyncDisposableStack();
let nats: NatsCluster;
let bridge: Bridge;
let receiver: TraceReceiver;

beforeAll(async () => {
  nats = owned.use(await startNats({ nodes: 3, config: accountsConf() }));
  receiver = owned.use(await TraceReceiver.start());
  const starting = startBridge({
    nats,
    agents: 2,
    traces: receiver,
    env: { LONGSPAN_MODE: 'production', LONGSPAN_DRAIN_MS: '0', LONGSPAN_TRACE_RATIO: '1' },
    envOf: (service) => credentialsOf(service.replace(/-[0-9]+$/, '') as Role),
  });
  // The order in which a cluster brings them up is not ours: they wait for the streams, and say so.
  await makeStreams(nats, { LONGSPAN_SHARDS: '2' });
  bridge = owned.use(await starting);
});
afterAll(async () => {
  await owned.disposeAsync();
});

test('what a back end publishes arrives, live and replayed', async () => {
  onTestFailed(() => console.log(bridge.logTail()));
  for (const user of ['ada', 'bob', 'eve']) {
    await using live = bridge.client(user);
    await live.untilLive();
    await bridge.ingress.publish(user, [
      { id: 'one', type: 'noted' },
      { id: 'two', type: 'noted' },
    ]);
    await live.untilSeen('two');
    await using later = bridge.client(user, { startAt: 1 });
    await later.untilSeen('two');
    const history = await bridge.ingress.request(`/v1/users/${user}/events?after=earliest`);
    expect(await history.json()).toMatchObject({
      events: [{ event: { id: 'one' } }, { event: { id: 'two' } }],
    });
  }
});

test('a question is answered, and a stopped answer ends', async () => {
  onTestFailed(() => console.log(bridge.logTail()));
  await using client = bridge.client('asker');
  const ends: unknown[] = [];
  let pieces = 0;
  client.client.on('event', ({ type, data }) => {
    if (type === 'agent_completed' || type === 'agent_failed') ends.push([type, data]);
    if (type === 'agent_output') pieces += 1;
  });
  await client.client.send({ type: 'chat_message', data: { text: 'What is 2 + 3?' } }, { id: 'sum' });
  await eventually('the question is answered', () => ends.length === 1);
  expect(ends[0]).toMatchObject(['agent_completed', {}]);
  pieces = 0;
  await client.client.send({ type: 'chat_message', data: { text: QUESTION } }, { id: 'count' });
  await eventually('the answer has begun', () => pieces > 0);
  await client.client.send({ type: 'agent_stop', data: { commandid: 'count' } }, { id: 'stop' });
  await eventually('the answer has ended', () => ends.length === 2);
  expect(ends[1]).toMatchObject(['agent_completed', { stopped: true }]);
});

test('a back end ends the sessions of a user', async () => {
  onTestFailed(() => console.log(bridge.logTail()));
  await using client: RecordedClient = bridge.client('leaver');
  await client.untilLive();
  const answer = await bridge.ingress.request('/v1/users/leaver/sessions', { method: 'DELETE' });
  expect(answer.ok).toBe(true);
  await client.until('is sent away for good', () => client.client.state.kind === 'closed');
});

test('a trace has the hops that NATS tells of', async () => {
  // Goal: traced messages are taken, and told of to the hop tracer alone. Method: a publish within a trace of ours.
  const traceId = randomBytes(16).toString('hex');
  const answer = await bridge.ingress.request('/v1/users/traced/events', {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    body: JSON.stringify({ type: 'noted' }),
  });
  expect(answer.ok).toBe(true);
  await eventually('the trace has the commit', async () =>
    (await receiver.trace(traceId))?.some(({ name }) => name.startsWith('nats commit LONGSPAN_EVENTS_')),
  );
});

test('a server that goes away is left for the others', async () => {
  // Goal: reconnects, elections and repeated reads need no permission that is missing.
  // Method: the leader of the user's shard goes, as for an upgrade; publish meanwhile; it comes back.
  onTestFailed(() => console.log(bridge.logTail()));
  await using client = bridge.client('rolled');
  await client.untilLive();
  const leader = await nats.waitForLeader('LONGSPAN_EVENTS_0');
  await nats.stop(leader);
  for (const user of ['rolled', 'ada', 'bob']) {
    await bridge.ingress.publish(user, [{ id: 'while-it-is-away', type: 'noted' }]);
  }
  await client.untilSeen('while-it-is-away');
  expect(client.errors).toEqual([]);
  await nats.start(leader);
});

test('none of the services was refused anything', async () => {
  // Goal: the permissions are enough, also for what goes unnoticed. Method: the servers' logs, after all of the above.
  for (let node = 0; node < nats.size; node += 1) {
    expect((await nats.log(node)).split('\n').filter((line) => /violation/i.test(line))).toEqual([]);
  }
});
