import { eventually } from '@longspan/testkit';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { FrameSocket, refusedStatus } from '../contract/frame-socket.ts';
import { changesOf, KEPT, SENDS_PER_SECOND, Stage, valuesOf } from './stage.ts';

/*
 * Each thing that happens to a running system is counted, once, where docs/telemetry.md says. The situations follow one
 * another on one system; each looks at by how much the values have changed.
 */
let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.[Symbol.asyncDispose]());

const isLiveEvent = (subject: string) => subject.startsWith('live.ev.');
const noted = (...ids: string[]) => ids.map((id) => ({ id, type: 'noted' }));

test('the sessions that edges rehearse before they are ready are in no figure about sessions', async () => {
  // Goal: who looks at a fresh edge sees its clients only. Method: edges that nobody has connected to; their rounds tell that
  // somebody was there.
  const value = await valuesOf(stage.edges);
  expect(value('longspan_edge_sync_rounds_total', { outcome: 'confirmed' })).toBeGreaterThan(0);
  for (const name of ['connects', 'closes', 'refusals', 'delivered']) {
    expect([name, value(`longspan_edge_${name}_total`)]).toEqual([name, 0]);
  }
  expect([value('longspan_edge_users'), value('longspan_edge_sessions')]).toEqual([0, 0]);
});

test('events are counted as published, with their repeats apart', async () => {
  const { bridge, ingress } = stage;
  const changed = await changesOf(ingress);
  await bridge.ingress.publish('ada', noted('a', 'b', 'c'));
  await bridge.ingress.publish('ada', noted('a'));
  expect(await changed('longspan_publish_events_total', { outcome: 'committed' })).toBe(3);
  expect(await changed('longspan_publish_events_total', { outcome: 'duplicate' })).toBe(1);
  expect(await changed('longspan_publish_duration_seconds_count')).toBe(2);
  const requests = { http_route: '/v1/users/{user}/events', http_response_status_code: '200' };
  // The answer is out before its request counts as done.
  await eventually(
    'two requests are counted',
    async () => (await changed('http_server_request_duration_seconds_count', requests)) === 2,
  );
});

test('deliveries are counted by device, and only those that are not replayed have a latency', async () => {
  // Goal: rates and the promise of a second rest on these. Method: two devices replay three events and get two live.
  onTestFailed(() => console.log(stage.bridge.logTail()));
  const { bridge, edges } = stage;
  const changed = await changesOf(edges);
  await using one = bridge.client('ada');
  await using two = bridge.client('ada', { startAt: 1 });
  await Promise.all([one.untilLive(), two.untilLive()]);
  await bridge.ingress.publish('ada', noted('d', 'e'));
  await Promise.all([one.untilSeen('e'), two.untilSeen('e')]);
  expect(await changed('longspan_edge_delivered_total', { how: 'replayed' })).toBe(6);
  expect(await changed('longspan_edge_delivered_total', { how: 'live' })).toBe(4);
  expect(await changed('longspan_edge_delivery_latency_seconds_count')).toBe(4);
  const sum = await changed('longspan_edge_delivery_latency_seconds_sum');
  expect(sum).toBeGreaterThanOrEqual(0);
  expect(sum).toBeLessThan(4 * 60);
  const connects = { transport: 'websocket', start: 'earliest' };
  expect(await changed('longspan_edge_connects_total', connects)).toBe(2);
  expect(await changed('longspan_edge_sessions', { transport: 'websocket', state: 'live' })).toBe(2);
  expect(await changed('longspan_edge_users')).toBe(2);
});

test('a client that was cut off tells of its way back', async () => {
  const { bridge, edges } = stage;
  await using client = bridge.client('bob');
  await client.untilLive();
  const changed = await changesOf(edges);
  client.cut();
  await client.until('is live again', () => client.edges.length === 2);
  expect(await changed('longspan_client_reconnects_total')).toBe(1);
  expect(await changed('longspan_client_attempts_total')).toBe(1);
  expect(await changed('longspan_client_reconnect_duration_seconds_count')).toBe(1);
  expect(await changed('longspan_client_violations_total')).toBe(0);
  await eventually('the cut connection is counted', async () => {
    return (await changed('longspan_edge_closes_total', { reason: 'client' })) === 1;
  });
});

test('a violation that a client reports is counted, and a report that makes no sense is not', async () => {
  // Goal: the alarm that must never be silent. Method: a client that says so, and one that says nonsense, which comes in.
  const { bridge, edges } = stage;
  const changed = await changesOf(edges);
  const token = await bridge.token('bob');
  const { endpoint, service } = bridge.edge(0);
  const report = { awayMs: 70, attempts: 2, violations: 1 };
  await using told = await FrameSocket.connected(endpoint, { token, report });
  await using nonsense = await FrameSocket.connected(endpoint, { token, report: { awayMs: -1 } });
  expect(await changed('longspan_client_violations_total')).toBe(1);
  expect(await changed('longspan_client_reconnects_total')).toBe(1);
  expect(told.of('caught_up').length + nonsense.of('caught_up').length).toBe(2);
  await eventually('it is in the log', () => service.log.includes('edge.client.violations'));
});

test('who is not let in is counted by the reason', async () => {
  const { bridge, edges } = stage;
  const { endpoint, url } = bridge.edge(0);
  const changed = await changesOf(edges);
  await using socket = await FrameSocket.open(endpoint);
  socket.send({ type: 'connect', token: 'no token at all' });
  expect(await socket.closed).toBe(4401);
  await fetch(`${url}/v1/events`);
  await fetch(`${url}/v1/events?after=nowhere`);
  await refusedStatus(endpoint, []);
  const refused = (reason: string) => changed('longspan_edge_refusals_total', { reason });
  expect(await refused('unauthorized')).toBe(2);
  expect(await refused('bad_position')).toBe(1);
  expect(await refused('bad_upgrade')).toBe(1);
  expect(await changed('longspan_edge_connects_total')).toBe(0);
});

test('sessions that the edge ends are counted by its reason, and what it closes a socket for', async () => {
  const { bridge, edges } = stage;
  const { endpoint, url } = bridge.edge(0);
  const changed = await changesOf(edges);
  const token = await bridge.token('cy');
  await using ended = await FrameSocket.connected(endpoint, { token });
  await bridge.ingress.request('/v1/users/cy/sessions', { method: 'DELETE' });
  expect(await ended.closed).toBe(4410);
  await using big = await FrameSocket.connected(endpoint, { token });
  big.send('x'.repeat(400 * 1024));
  expect(await big.closed).toBe(1009);
  const abort = new AbortController();
  await fetch(`${url}/v1/events`, { headers: { authorization: `Bearer ${token}` }, signal: abort.signal });
  abort.abort();
  const closed = (reason: string) => changed('longspan_edge_closes_total', { reason });
  expect(await closed('session_ended')).toBe(1);
  await eventually('the big frame is counted', async () => (await closed('frame_too_big')) === 1);
  await eventually('the stream that was left is counted', async () => (await closed('client')) === 1);
});

test('sends are counted by what became of them', async () => {
  const { bridge, edges } = stage;
  const changed = await changesOf(edges);
  await using socket = await FrameSocket.connected(bridge.edge(0).endpoint, {
    token: await bridge.token('dan'),
  });
  const send = (id: string) => socket.send({ type: 'send', id, event: { type: 'noted' } });
  send('c-1');
  await socket.next('sent');
  send('c-1');
  await socket.next('sent', 2);
  for (let n = 0; n < 2 * SENDS_PER_SECOND; n += 1) send(`flood-${n}`);
  await socket.next('error');
  await socket.next('sent', 4);
  const sent = (outcome: string) => changed('longspan_edge_sends_total', { outcome });
  expect(await sent('duplicate')).toBe(1);
  expect(await sent('rate_limited')).toBe(socket.of('error').length);
  expect(await sent('sent')).toBe(socket.of('sent').length - 1);
  expect(await changed('longspan_edge_send_duration_seconds_count')).toBe(socket.of('sent').length);
});

test('a run is counted by its end, and so are the events that it published', async () => {
  const { bridge, agent } = stage;
  const changed = await changesOf(agent);
  await using client = bridge.client('asker');
  let isOver = false;
  client.client.on('event', ({ type }) => (isOver ||= type === 'agent_completed'));
  await client.client.send({ type: 'chat_message', data: { text: 'What is 2 + 3?' } }, { id: 'sum' });
  await eventually('the run is over', () => isOver);
  await eventually('the run is counted', async () => {
    return (await changed('longspan_agent_commands_total', { outcome: 'completed' })) === 1;
  });
  expect(await changed('messaging_process_duration_seconds_count')).toBe(1);
  expect(await changed('longspan_publish_events_total', { outcome: 'committed' })).toBe(client.seen.length);
  expect((await valuesOf(agent))('longspan_agent_runs')).toBe(0);
  await eventually('the backlog is known', async () => {
    return (await agent[0]?.scrape())?.value('longspan_agent_backlog') === 0;
  });
});

test('gaps are counted by their reason', async () => {
  const { bridge, edges } = stage;
  const [first] = await bridge.ingress.publish('eve', noted('first'));
  for (let n = 0; n <= KEPT; n += 30) {
    await bridge.ingress.publish('eve', noted(...Array.from({ length: 30 }, (_, i) => `e-${n + i}`)));
  }
  const changed = await changesOf(edges);
  const position = first?.position ?? '';
  const [epoch = ''] = position.split('-');
  const beginnings = [
    ['eve', position],
    ['eve', `${epoch}-900000000`],
    ['ada', 'another-7'],
  ] as const;
  for (const [user, from] of beginnings) {
    const token = await bridge.token(user);
    await using socket = await FrameSocket.connected(bridge.edge(0).endpoint, { token, from });
    expect(socket.of('gap').length).toBe(1);
  }
  const told = (reason: string) => changed('longspan_edge_gaps_total', { reason });
  expect([await told('expired'), await told('rewound'), await told('reset')]).toEqual([1, 1, 1]);
});

test('a slow reader lags, and what waits for it is seen', async () => {
  // Goal: whoever is on call sees who is slow. Method: a reader that takes nothing while 12 MB of its events pass.
  const { bridge, edges } = stage;
  await using socket = await FrameSocket.connected(bridge.edge(0).endpoint, {
    token: await bridge.token('slow'),
  });
  socket.pause();
  for (let n = 0; n < KEPT - 10; n += 2) {
    const data = 'x'.repeat(240 * 1024);
    await bridge.ingress.publish(
      'slow',
      noted(`s-${n}`, `s-${n + 1}`).map((event) => ({ ...event, data })),
    );
  }
  await eventually('it lags', async () => {
    const value = await valuesOf(edges);
    const lagging = value('longspan_edge_sessions', { state: 'lagging' });
    return lagging === 1 && value('longspan_edge_outbox_largest_bytes') > 0;
  });
  const value = await valuesOf(edges);
  expect(value('longspan_edge_outbox_bytes')).toBeGreaterThanOrEqual(
    value('longspan_edge_outbox_largest_bytes'),
  );
  socket.resume();
  await eventually('nothing waits any more', async () => {
    const now = await valuesOf(edges);
    return (
      now('longspan_edge_sessions', { state: 'lagging' }) === 0 && now('longspan_edge_outbox_bytes') === 0
    );
  });
});

test('what was lost on the live path is counted where it is found', async () => {
  // Goal: a bus that loses messages is seen before anybody misses one. Method: lose the last one, then one before another.
  onTestFailed(() => console.log(stage.bridge.logTail()));
  const { bridge, edges } = stage;
  const { natsLoss } = bridge.edge(0);
  await using client = await (await bridge.rawClient('fay')).connect();
  const changed = await changesOf(edges);
  natsLoss.loseNext(1, isLiveEvent);
  await bridge.ingress.publish('fay', noted('tail'));
  await client.untilSeen('tail');
  expect(await changed('longspan_edge_sync_found_total')).toBe(1);
  expect(await changed('longspan_edge_chain_breaks_total')).toBe(0);
  natsLoss.loseNext(1, isLiveEvent);
  await bridge.ingress.publish('fay', noted('lost', 'next'));
  await client.untilSeen('next');
  const found = await changed('longspan_edge_sync_found_total');
  expect(found + (await changed('longspan_edge_chain_breaks_total'))).toBe(2);
  expect(await changed('longspan_edge_delivered_total', { how: 'live' })).toBe(3);
  expect(await changed('longspan_edge_reads_total')).toBeGreaterThanOrEqual(2);
  expect(await changed('longspan_edge_sync_rounds_total', { outcome: 'confirmed' })).toBeGreaterThan(0);
  expect(await changed('longspan_edge_sync_users_total')).toBeGreaterThan(0);
});

test('a lost connection to NATS is seen, and counted when it is made again', async () => {
  const { service, natsLink } = stage.bridge.edge(1);
  const changed = await changesOf([service]);
  natsLink?.refuse();
  await eventually('it is gone', async () => (await valuesOf([service]))('longspan_nats_connected') === 0);
  natsLink?.restore();
  await eventually('it is back', async () => (await changed('longspan_nats_reconnects_total')) === 1);
  expect((await valuesOf([service]))('longspan_nats_connected')).toBe(1);
});

test('a publish that cannot be committed is counted, and so are its attempts', async () => {
  // Goal: a log without a quorum is seen at its publishers. Method: the ingress' link goes dark for longer than a budget.
  const { bridge, ingress } = stage;
  const changed = await changesOf(ingress);
  bridge.ingressNatsLink?.blackhole();
  const publishing = bridge.ingress.publish('ada', noted('dark'));
  await eventually('it waits', async () => (await valuesOf(ingress))('longspan_publish_waiting') === 1);
  await expect(publishing).rejects.toThrow('503');
  bridge.ingressNatsLink?.restore();
  expect(await changed('longspan_publish_events_total', { outcome: 'no_quorum' })).toBe(1);
  expect(await changed('longspan_publish_retries_total')).toBeGreaterThan(0);
  expect((await valuesOf(ingress))('longspan_publish_waiting')).toBe(0);
});

test('the streams are watched', async () => {
  // The ingress may have been cut off from them a moment ago.
  await eventually('it sees their leaders', async () => {
    const value = await valuesOf(stage.ingress);
    return value('longspan_stream_leader', { stream: 'LONGSPAN_DEAD_COMMANDS' }) === 1;
  });
  const value = await valuesOf(stage.ingress);
  for (const stream of ['LONGSPAN_EVENTS_0', 'LONGSPAN_COMMANDS', 'LONGSPAN_DEAD_COMMANDS']) {
    expect(value('longspan_stream_leader', { stream })).toBe(1);
    expect(value('longspan_stream_replicas', { stream })).toBe(1);
  }
  expect(value('longspan_stream_messages', { stream: 'LONGSPAN_EVENTS_0' })).toBeGreaterThan(0);
  expect(value('longspan_stream_size_bytes', { stream: 'LONGSPAN_EVENTS_0' })).toBeGreaterThan(0);
});

test('an edge that drains says so', async () => {
  const { bridge } = stage;
  const { service, endpoint } = bridge.edge(1);
  await using socket = await FrameSocket.connected(endpoint, { token: await bridge.token('gus') });
  expect((await valuesOf([service]))('longspan_edge_draining')).toBe(0);
  const drained = service.drain();
  await eventually('it drains', async () => (await valuesOf([service]))('longspan_edge_draining') === 1);
  expect(await socket.closed).toBe(1012);
  expect(await drained).toBe(0);
});
