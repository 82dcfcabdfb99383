import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import type { RecordedClient } from '@longspan/testkit';
import { listenTo } from './listener.ts';
import { newCaller, TracedSystem } from './stage.ts';

const owned = new AsyncDisposableStack();
let system: TracedSystem;

beforeAll(async () => {
  system = owned.use(await TracedSystem.start());
});
afterAll(async () => {
  await owned.disposeAsync();
});

const POST = 'POST /v1/users/{user}/events';
const SEND = 'send ev.{shard}.{user}';
const CREATE = 'create ev.{shard}.{user}';
const DELIVER = 'deliver ev.{shard}.{user}';
const REPLAY = 'replay ev.{shard}.{user}';
const SEND_COMMAND = 'send cmd.{user}';
const PROCESS = 'process cmd.{user}';
const COMMIT = 'nats commit LONGSPAN_EVENTS_0';
const COMMIT_COMMAND = 'nats commit LONGSPAN_COMMANDS';

/** From the server that a publisher is connected to, to the one that leads the stream. */
const hops = (indent: string, commit: string) =>
  ['nats n0', '  nats egress', '  nats n1', `    ${commit}`].map((line) => indent + line);

async function live(...clients: readonly RecordedClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.untilLive()));
}

test('a published event is one trace: the request, the publish, each server, the commit, each device', async () => {
  // Goal: whoever looks at the trace of an event sees its whole way, and the caller's is continued.
  // Method: a caller's own trace context over HTTP; two devices at two edges; the chain by ids.
  await using phone = system.bridge.client('ada', { startAt: 0 });
  await using laptop = system.bridge.client('ada', { startAt: 1 });
  const seen = listenTo(laptop);
  await live(phone, laptop);
  const caller = newCaller();
  await system.publish('ada', { id: 'one', type: 'noted' }, caller.traceparent);
  await Promise.all([phone.untilSeen('one'), seen.until('noted')]);

  const trace = await system.traceOf(caller, { [POST]: 1, [DELIVER]: 2, [COMMIT]: 1 });
  expect(trace.outline(caller)).toEqual([
    POST,
    `  ${SEND}`,
    `    ${DELIVER}`,
    `    ${DELIVER}`,
    ...hops('    ', COMMIT),
  ]);
  const send = trace.only(SEND);
  expect(trace.only(POST)).toMatchObject({
    service: 'ingress',
    kind: 'SERVER',
    attributes: { 'http.request.method': 'POST', 'http.response.status_code': 200 },
  });
  expect(send).toMatchObject({
    kind: 'PRODUCER',
    attributes: { 'cloudevents.event_id': 'one', 'messaging.system': 'nats' },
  });
  expect(trace.only(COMMIT)).toMatchObject({ service: 'nats', instance: 'n1' });
  const deliveries = trace.all(DELIVER);
  expect(deliveries.map(({ instance }) => instance).toSorted()).toEqual(['edge-0', 'edge-1']);
  for (const delivery of deliveries) {
    expect(delivery).toMatchObject({
      kind: 'CONSUMER',
      links: [{ traceId: caller.traceId, spanId: send.spanId }],
      attributes: {
        'longspan.replayed': false,
        'longspan.transport': 'websocket',
        'longspan.position': send.attributes['longspan.position'],
      },
    });
  }
  expect(seen.event('one').traceparent).toBe(`00-${caller.traceId}-${send.spanId}-01`);
  expect(JSON.stringify(trace.spans)).not.toContain('ada');
});

test('a batch is one send with a span for each event, and each event has its own deliveries', async () => {
  // Goal: each event of a batch can be followed. Method: three at once, which NATS commits as an atomic batch; of such a
  // one its servers tell how the messages came, and no commit: the events' own spans last until then.
  await using phone = system.bridge.client('bea');
  await live(phone);
  const caller = newCaller();
  const events = ['b1', 'b2', 'b3'].map((id) => ({ specversion: '1.0', source: '/test', type: 'noted', id }));
  await system.publish('bea', events, caller.traceparent);
  await phone.untilSeen('b3');

  const trace = await system.traceOf(caller, { [POST]: 1, [DELIVER]: 3, 'nats egress': 3 });
  const each = [`    ${CREATE}`, `      ${DELIVER}`, '      nats n0', '        nats egress'];
  expect(trace.outline(caller)).toEqual([POST, `  ${SEND}`, ...each, ...each, ...each]);
  const creates = trace.all(CREATE);
  expect(creates.map(({ attributes }) => attributes['cloudevents.event_id']).toSorted()).toEqual([
    'b1',
    'b2',
    'b3',
  ]);
  expect(trace.only(SEND).attributes['messaging.batch.message_count']).toBe(3);
  expect(
    trace
      .only(SEND)
      .links.map(({ spanId }) => spanId)
      .toSorted(),
  ).toEqual(creates.map(({ spanId }) => spanId).toSorted());
  for (const create of creates) {
    expect(create.attributes['longspan.position']).toMatch(/^[0-9a-z]+-[0-9]+$/);
    expect(trace.childrenOf(create).find(({ name }) => name === DELIVER)?.links).toEqual([
      { traceId: caller.traceId, spanId: create.spanId },
    ]);
  }
});

test('a replayed event is a trace of its own that links to where it came from', async () => {
  // Goal: what happens hours later does not reopen a trace. Method: publish for nobody; then a device reads from the start.
  const caller = newCaller();
  await system.publish('cyd', { id: 'kept', type: 'noted' }, caller.traceparent);
  const origin = await system.traceOf(caller, { [POST]: 1, [COMMIT]: 1 });
  await using phone = system.bridge.client('cyd');
  await phone.untilSeen('kept');

  const [replay] = await system.spansOf('edge', REPLAY, ({ length }) => length === 1);
  expect(replay).toMatchObject({
    parentSpanId: undefined,
    links: [{ traceId: caller.traceId, spanId: origin.only(SEND).spanId }],
    attributes: { 'longspan.replayed': true, 'messaging.batch.message_count': 1 },
  });
  expect(replay?.traceId).not.toBe(caller.traceId);
  const later = await system.traceOf(caller, {});
  expect(later.count(DELIVER)).toBe(0);
});

test('a command is one trace: its send, its run, what the run publishes, each device; text is counted', async () => {
  // Goal: from a client's command to the answer on its screen, with no span for a piece of text.
  // Method: a command within a client's own trace, answered in pieces; compare with the events that came.
  await using phone = system.bridge.client('dan');
  const seen = listenTo(phone);
  await live(phone);
  const caller = newCaller();
  const command = { type: 'chat_message', data: { text: 'count to 40' } };
  await phone.client.send(command, { id: 'c1', traceparent: caller.traceparent });
  await seen.until('agent_completed');

  const told = seen.events().filter(({ type }) => type !== 'agent_output');
  const pieces = seen.events().length - told.length;
  expect(pieces).toBeGreaterThan(0);
  const trace = await system.traceOf(caller, {
    [SEND_COMMAND]: 1,
    [PROCESS]: 1,
    [COMMIT_COMMAND]: 1,
    [DELIVER]: told.length,
  });
  const send = trace.only(SEND_COMMAND);
  const run = trace.only(PROCESS);
  expect(send).toMatchObject({ service: 'edge', kind: 'PRODUCER', parentSpanId: caller.spanId });
  expect(trace.outline(send).filter((line) => !line.startsWith('  '))).toEqual(['nats n0', PROCESS]);
  expect(run).toMatchObject({
    service: 'agent',
    kind: 'CONSUMER',
    parentSpanId: send.spanId,
    links: [{ traceId: caller.traceId, spanId: send.spanId }],
    attributes: {
      'longspan.run': told[0]?.runid,
      'longspan.attempt': 1,
      'longspan.text_events': pieces,
      'messaging.message.id': 'c1',
    },
  });
  // Each event that the run told is a publish of the run, or one of several in one; each came to the device.
  const publishes = trace.childrenOf(run);
  expect(new Set(publishes.map(({ name }) => name))).toEqual(new Set([SEND]));
  const creations = publishes.flatMap((publish) => {
    const creates = trace.childrenOf(publish).filter(({ name }) => name === CREATE);
    return creates.length > 0 ? creates : [publish];
  });
  expect(creations.map(({ attributes }) => attributes['cloudevents.event_type']).toSorted()).toEqual(
    told.map(({ type }) => type).toSorted(),
  );
  expect(
    trace
      .all(DELIVER)
      .map(({ parentSpanId }) => parentSpanId)
      .toSorted(),
  ).toEqual(creations.map(({ spanId }) => spanId).toSorted());
  // The agent's log says where in the trace it was.
  const started = system
    .linesOf('agent-0')
    .find(({ msg, runid }) => msg === 'agent.run_started' && runid === told[0]?.runid);
  expect(started).toMatchObject({ trace_id: caller.traceId, span_id: run.spanId });
});

test('a stop is a trace of its own that links to the run which it stops', async () => {
  // Goal: who stopped a run, and when, is found from either. Method: stop a long recital.
  await using phone = system.bridge.client('eve');
  const seen = listenTo(phone);
  await live(phone);
  const [start, stop] = [newCaller(), newCaller()];
  const long = { type: 'chat_message', data: { text: 'write 5000 words' } };
  await phone.client.send(long, { id: 'long', traceparent: start.traceparent });
  await seen.until('agent_output');
  const ending = { type: 'agent_stop', data: { commandid: 'long' } };
  await phone.client.send(ending, { id: 'stop', traceparent: stop.traceparent });
  await seen.until('agent_completed');
  const run = await system.traceOf(start, { [PROCESS]: 1 });
  const stopping = await system.traceOf(stop, { [PROCESS]: 1 });
  const traces = stopping.only(PROCESS).links.map(({ traceId }) => traceId);
  expect(traces).toEqual([stop.traceId, start.traceId]);
  expect(run.only(PROCESS).failed).toBe(false);
});

test('an event’s own origin is continued and kept; the request’s goes before it', async () => {
  // Goal: a publisher’s CloudEvent says where it comes from, and nobody overwrites it. Method: with and without a header.
  await using phone = system.bridge.client('fay');
  const seen = listenTo(phone);
  await live(phone);
  const [own, request] = [newCaller(), newCaller()];
  const { traceparent } = own;
  const event = { specversion: '1.0', source: '/test', type: 'noted', traceparent };
  await system.publish('fay', { ...event, id: 'alone' });
  await system.publish('fay', { ...event, id: 'both', type: 'last' }, request.traceparent);
  await seen.until('last');
  expect([seen.event('alone').traceparent, seen.event('both').traceparent]).toEqual([
    traceparent,
    traceparent,
  ]);
  const alone = await system.traceOf(own, { [POST]: 1, [DELIVER]: 1 });
  expect(alone.only(POST).parentSpanId).toBe(own.spanId);
  const both = await system.traceOf(request, { [POST]: 1, [DELIVER]: 1 });
  expect(both.only(POST).parentSpanId).toBe(request.spanId);
  expect(both.only(SEND).links).toEqual([{ traceId: own.traceId, spanId: own.spanId }]);
});

test('a client that reports what it received ends the trace at the application', async () => {
  // Goal: the last hop is seen, too. Method: one device that reports, and one that does not.
  await using reporting = system.bridge.client('gil', { reportReceived: true });
  await using silent = system.bridge.client('gil');
  await live(reporting, silent);
  const caller = newCaller();
  await system.publish('gil', { id: 'read', type: 'noted' }, caller.traceparent);
  await Promise.all([reporting.untilSeen('read'), silent.untilSeen('read')]);
  const trace = await system.traceOf(caller, { [DELIVER]: 2, receive: 1 });
  const receive = trace.only('receive');
  const delivery = trace.all(DELIVER).find(({ spanId }) => spanId === receive.parentSpanId);
  expect(receive).toMatchObject({ service: 'edge', kind: 'CONSUMER' });
  expect(receive.attributes['longspan.client.callback_ms']).toBeGreaterThanOrEqual(0);
  expect(delivery?.attributes['longspan.session']).toMatch(/^edge-/);
});

test('an SSE reader’s deliveries are traced as a device’s are', async () => {
  // Goal: whichever way an event is read. Method: a reader of the stream of events, over plain HTTP.
  const url = new URL('/v1/events', system.bridge.edge(0).url);
  const reading = new AbortController();
  const headers = { authorization: `Bearer ${await system.bridge.token('kim')}` };
  const response = await fetch(url, { headers, signal: reading.signal });
  const text = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const until = async (wanted: string): Promise<void> => {
    for (let read = ''; !read.includes(wanted);) read += (await text?.read())?.value ?? wanted;
  };
  await until('caught up');
  const caller = newCaller();
  await system.publish('kim', { id: 'plain', type: 'noted' }, caller.traceparent);
  await until('"plain"');
  const trace = await system.traceOf(caller, { [POST]: 1, [DELIVER]: 1 });
  expect(trace.only(DELIVER)).toMatchObject({
    parentSpanId: trace.only(SEND).spanId,
    attributes: { 'longspan.transport': 'sse', 'longspan.replayed': false },
  });
  reading.abort();
});

test('a gap is kept although nothing of it was traced', async () => {
  // Goal: what a client missed for good is found by whoever is on call. Method: a position of another stream.
  await using phone = system.bridge.client('hal', { from: 'abc-5' });
  await phone.until('is told of it', () => phone.seen.some(({ kind }) => kind === 'gap'));
  const [gap] = await system.spansOf('edge', 'gap', ({ length }) => length === 1);
  expect(gap).toMatchObject({
    parentSpanId: undefined,
    kind: 'CONSUMER',
    attributes: { 'longspan.gap.reason': 'reset', 'longspan.gap.from': 'abc-5' },
  });
});

test('what nobody asked to trace makes no span anywhere', async () => {
  // Goal: unsampled is free. Method: events and a command without a trace and with one that is not kept, through all
  // services; a traced one after them has arrived, and nothing of the others has.
  await using phone = system.bridge.client('ivy', { reportReceived: true });
  const seen = listenTo(phone);
  await live(phone);
  const [unkept, kept] = [newCaller('00'), newCaller()];
  await system.publish('ivy', { id: 'bare', type: 'noted' });
  await system.publish('ivy', { id: 'unkept', type: 'noted' }, unkept.traceparent);
  await phone.client.send({ type: 'chat_message', data: { text: 'hello' } });
  await seen.until('agent_completed');
  await system.publish('ivy', { id: 'kept', type: 'noted' }, kept.traceparent);
  await phone.untilSeen('kept');
  expect([seen.event('bare'), seen.event('unkept')].map(({ traceparent }) => traceparent)).toEqual([
    undefined,
    undefined,
  ]);
  await system.traceOf(kept, { receive: 1, [COMMIT]: 1 });
  expect(await system.receiver.trace(unkept.traceId)).toBeUndefined();
  for (const [service, name] of [
    ['ingress', POST],
    ['ingress', SEND],
    ['agent', SEND],
    ['edge', DELIVER],
    ['edge', SEND_COMMAND],
  ] as const) {
    const traces = await system.spansOf(service, name, () => true);
    expect(traces.filter(({ traceId }) => !system.asked.has(traceId))).toEqual([]);
  }
});

test('a publish that outlives its stream’s leader is still one whole trace', async () => {
  // Goal: a failover is seen for what it is: several attempts of one publish. Method: kill the leader, publish at once.
  onTestFailed(() => console.log(system.bridge.logTail()));
  await using phone = system.bridge.client('jim', { startAt: 0 });
  await using laptop = system.bridge.client('jim', { startAt: 1 });
  await live(phone, laptop);
  const caller = newCaller();
  await system.nats.kill(1);
  await system.publish('jim', { id: 'late', type: 'noted' }, caller.traceparent);
  await Promise.all([phone.untilSeen('late'), laptop.untilSeen('late')]);
  const trace = await system.traceOf(caller, { [POST]: 1, [DELIVER]: 2, [COMMIT]: 1 });
  const send = trace.only(SEND);
  expect(trace.all(DELIVER).map(({ parentSpanId }) => parentSpanId)).toEqual([send.spanId, send.spanId]);
  const commits = trace.all(COMMIT).filter(({ attributes }) => attributes['nats.duplicate'] !== true);
  expect(commits.map((commit) => trace.wayTo(commit).at(0)?.name)).toEqual([POST]);
  expect(trace.all('nats n0').length).toBeGreaterThan(1);
  expect(new Set(trace.spans.map(({ spanId }) => spanId)).size).toBe(trace.spans.length);
});
