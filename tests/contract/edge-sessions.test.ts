import { eventSubject, shardStream, type ShardId } from '@longspan/broker';
import { parseUserId, type UserId } from '@longspan/protocol';
import { startBridge, startNats, type Bridge, type NatsCluster } from '@longspan/testkit';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FrameSocket } from './frame-socket.ts';

const KEEP = 50;
const SENDS_PER_SECOND = 5;
/** Their answers are several times what the buffers of both systems hold. */
const FLOOD_FRAMES = 300_000;
const FLOOD_QUIET_ROUNDS = 30;

const owned = new AsyncDisposableStack();
let nats: NatsCluster;
let nc: NatsConnection;
let bridge: Bridge;
let endpoint: string;

beforeAll(async () => {
  nats = owned.use(await startNats({ nodes: 1, backend: 'processes' }));
  nc = owned.use(await connect({ servers: [...nats.urls] }));
  bridge = owned.use(
    await startBridge({
      nats,
      edges: 1,
      env: {
        LONGSPAN_EVENTS_PER_USER: String(KEEP),
        LONGSPAN_HEARTBEAT_MS: '500',
        LONGSPAN_SYNC_INTERVAL_MS: '200',
        LONGSPAN_SENDS_PER_SECOND_MAX: String(SENDS_PER_SECOND),
        LONGSPAN_EVENT_BYTES_MAX: '1024',
      },
    }),
  );
  ({ endpoint } = bridge.edge(0));
});

afterAll(() => owned.disposeAsync());

const SHARD = 0 as ShardId;
const seqOf = (position: string) => Number(position.split('-')[1]);

function userId(name: string): UserId {
  const user = parseUserId(name);
  if (user === undefined) throw new TypeError(name);
  return user;
}

/** Publishes `count` events for the user and gives their positions. */
async function publish(user: string, count: number, text = ''): Promise<string[]> {
  const positions: string[] = [];
  for (let n = 0; n < count; n++) {
    const response = await bridge.ingress.request(`/v1/users/${user}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'note', data: { n, text } }),
    });
    const { events } = (await response.json()) as { events: [{ position: string }] };
    positions.push(events[0].position);
  }
  return positions;
}

interface Entry {
  readonly seq: number;
  readonly prev: number;
}

function entriesOf(socket: FrameSocket): readonly Entry[] {
  return socket.of('events').flatMap((frame) => frame['events'] as Entry[]);
}

test('G2: who connects after a publish was acknowledged has it before caught_up', async () => {
  // Goal: caught_up means everything committed before. Method: publish, connect, look at the order of frames.
  for (let n = 0; n < 10; n++) {
    const [position = ''] = await publish('prompt', 1);
    await using socket = await FrameSocket.connected(endpoint, {
      token: await bridge.token('prompt'),
      from: 'earliest',
    });
    expect(entriesOf(socket).at(-1)?.seq).toBe(seqOf(position));
    expect(socket.frames.at(-1)).toEqual({ type: 'caught_up', position });
  }
});

test('latest begins at the head, earliest at the oldest kept event, a position right after it', async () => {
  // Goal: the three ways to begin. Method: one stream, three sessions, the chain checked from welcome on.
  const positions = await publish('starts', 5);
  const token = await bridge.token('starts');
  await using latest = await FrameSocket.connected(endpoint, { token });
  await using earliest = await FrameSocket.connected(endpoint, { token, from: 'earliest' });
  await using middle = await FrameSocket.connected(endpoint, { token, from: positions[2] });
  const welcomed = async (socket: FrameSocket) => (await socket.next('welcome'))['position'];
  expect(await welcomed(latest)).toBe(positions[4]);
  expect(await welcomed(middle)).toBe(positions[2]);
  expect(entriesOf(latest)).toEqual([]);
  expect(entriesOf(earliest).map(({ seq }) => seq)).toEqual(positions.map(seqOf));
  expect(entriesOf(middle).map(({ seq, prev }) => [prev, seq])).toEqual([
    [seqOf(positions[2] ?? ''), seqOf(positions[3] ?? '')],
    [seqOf(positions[3] ?? ''), seqOf(positions[4] ?? '')],
  ]);
});

test('a ping tells the head, and a client that answers none is closed with 4504', async () => {
  // Goal: both sides notice a dead connection. Method: answer two pings, then fall silent.
  const [position] = await publish('pinged', 1);
  await using socket = await FrameSocket.connected(endpoint, { token: await bridge.token('pinged') });
  for (let n = 1; n <= 3; n++) {
    expect(await socket.next('ping', n)).toEqual({ type: 'ping', position });
    socket.send({ type: 'pong' });
  }
  expect(await socket.closed).toBe(4504);
});

test('G2: who comes back after more events than are kept is told the gap, then gets all that is kept', async () => {
  // Goal: retention is never silent. Method: note a position, publish twice what is kept, resume.
  const [first = ''] = await publish('late', 1);
  const later = await publish('late', 2 * KEEP);
  await using socket = await FrameSocket.connected(endpoint, {
    token: await bridge.token('late'),
    from: first,
  });
  const gap = await socket.next('gap');
  const entries = entriesOf(socket);
  expect(gap).toMatchObject({ from: first, reason: 'expired' });
  expect(seqOf(gap['to'] as string)).toBe(entries[0]?.prev);
  expect(entries.map(({ seq }) => seq)).toEqual(later.slice(-entries.length).map(seqOf));
  expect(entries.length).toBeGreaterThanOrEqual(KEEP);
});

test('G2: who comes back having missed exactly what is kept is told no gap', async () => {
  // Goal: no false alarm at the edge of the retention. Method: as many events as are kept, from a new user's start.
  await using before = await FrameSocket.connected(endpoint, { token: await bridge.token('edgy') });
  const { position } = await before.next('welcome');
  const positions = await publish('edgy', KEEP);
  const from = position as string;
  await using socket = await FrameSocket.connected(endpoint, { token: await bridge.token('edgy'), from });
  expect(socket.of('gap')).toEqual([]);
  expect(entriesOf(socket).map(({ seq }) => seq)).toEqual(positions.map(seqOf));
});

test('G2: a position past the end of the stream is told as rewound', async () => {
  // Goal: a stream that lost its tail is not passed over in silence. Method: a position from the future.
  const [position = ''] = await publish('future', 1);
  const [epoch] = position.split('-');
  const from = `${epoch}-${seqOf(position) + 1_000_000}`;
  await using socket = await FrameSocket.connected(endpoint, { token: await bridge.token('future'), from });
  expect(socket.of('gap')).toEqual([{ type: 'gap', from, to: position, reason: 'rewound' }]);
  const [next = ''] = await publish('future', 1);
  await socket.next('events');
  expect(entriesOf(socket)).toMatchObject([{ prev: seqOf(position), seq: seqOf(next) }]);
});

test('G9: an event whose live message is lost arrives within a few sync intervals', async () => {
  // Goal: the last event of all is not lost. Method: take the republishing away for one publish, then give it back;
  // nothing else is published for the user.
  const token = await bridge.token('tail');
  await publish('tail', 2);
  await using socket = await FrameSocket.connected(endpoint, { token });
  const jsm = await jetstreamManager(nc);
  const { config } = await jsm.streams.info(shardStream(SHARD));
  const { republish, ...silent } = config;
  await jsm.streams.update(shardStream(SHARD), silent);
  const user = userId('tail');
  const lost = { specversion: '1.0', id: 'lost', source: '/test', type: 'note' };
  await jetstreamPublish(eventSubject(SHARD, user), lost);
  await jsm.streams.update(shardStream(SHARD), {
    ...silent,
    ...(republish === undefined ? {} : { republish }),
  });
  const frame = await socket.next('events');
  expect(frame['events']).toMatchObject([{ event: lost }]);
});

async function jetstreamPublish(subject: string, event: object): Promise<void> {
  const { jetstream } = await import('@nats-io/jetstream');
  await jetstream(nc).publish(subject, JSON.stringify(event));
}

test('G7: a send is answered after its commit, and a repeat is recognised', async () => {
  // Goal: `sent` means committed. Method: send, send again, and find the command in the log once.
  await using socket = await FrameSocket.connected(endpoint, { token: await bridge.token('sender') });
  socket.send({
    type: 'send',
    id: 'c1',
    event: { type: 'chat_message', data: { text: 'hi' }, threadid: 't' },
  });
  socket.send({
    type: 'send',
    id: 'c1',
    event: { type: 'chat_message', data: { text: 'hi' }, threadid: 't' },
  });
  const first = await socket.next('sent');
  const second = await socket.next('sent', 2);
  expect(first).toMatchObject({ id: 'c1', duplicate: false });
  expect(second).toEqual({ ...first, duplicate: true });
  const jsm = await jetstreamManager(nc);
  const stored = await jsm.streams.getMessage('LONGSPAN_COMMANDS', { last_by_subj: 'cmd.sender' });
  expect(stored?.seq).toBe(seqOf(first['position'] as string));
});

test('a send whose event is not acceptable is refused by name, and the session goes on', async () => {
  // Goal: a bug in one send costs that send. Method: events without a type, of a bad type, and no event at all.
  await using socket = await FrameSocket.connected(endpoint, { token: await bridge.token('sloppy') });
  const bad = [{ id: 'a', event: {} }, { id: 'b', event: { type: '' } }, { id: 'c' }];
  for (const frame of bad) socket.send({ type: 'send', ...frame });
  for (const [n, { id }] of bad.entries()) {
    expect(await socket.next('error', n + 1)).toMatchObject({ code: 'bad_event', retryable: false, id });
  }
  socket.send({ type: 'send', id: 'good', event: { type: 'x' } });
  expect(await socket.next('sent')).toMatchObject({ id: 'good' });
});

test('sends over the rate, and too large ones, are refused by name, and the session goes on', async () => {
  // Goal: each limit has its own answer. Method: a burst, and one event over the size.
  await using socket = await FrameSocket.connected(endpoint, { token: await bridge.token('busy') });
  socket.send({ type: 'send', id: 'big', event: { type: 'x', data: 'x'.repeat(2_000) } });
  expect(await socket.next('error')).toMatchObject({ code: 'event_too_big', retryable: false, id: 'big' });
  for (let n = 0; n < 4 * SENDS_PER_SECOND; n++)
    socket.send({ type: 'send', id: `r${n}`, event: { type: 'x' } });
  expect(await socket.next('error', 2)).toMatchObject({ code: 'rate_limited', retryable: true });
  await socket.next('sent');
  socket.send({ type: 'pong' });
  await socket.next('ping');
});

test('G2: a stream that was made anew is told as reset, and its events follow', async () => {
  // Goal: old positions do not pass for new ones, for sessions that are there and for those that come back.
  // Method: delete the shard under a live session and make it again; resume with the old position, too.
  const [old = ''] = await publish('anew', 1);
  const token = await bridge.token('anew');
  await using socket = await FrameSocket.connected(endpoint, { token, from: old });
  const jsm = await jetstreamManager(nc);
  const { config } = await jsm.streams.info(shardStream(SHARD));
  await jsm.streams.delete(shardStream(SHARD));
  await jsm.streams.add(config);
  const gap = await socket.next('gap');
  expect(gap).toMatchObject({ from: old, reason: 'reset' });
  expect(gap['to']).toMatch(/-0$/);
  const [fresh = ''] = await publish('anew', 1);
  await socket.next('events');
  expect(entriesOf(socket)).toMatchObject([{ prev: 0, seq: seqOf(fresh) }]);
  await using back = await FrameSocket.connected(endpoint, { token, from: old });
  expect(back.of('gap')).toMatchObject([{ from: old, to: gap['to'], reason: 'reset' }]);
  expect(entriesOf(back)).toMatchObject([{ seq: seqOf(fresh) }]);
});

test('G8: a reader that takes nothing for many heartbeats is not closed for being slow', async () => {
  // Goal: slow is not dead. Method: a socket that is not read while half a megabyte comes for it; another session's
  // pings, answered, tell the time; then it is read, and has everything.
  await using slow = await FrameSocket.connected(endpoint, { token: await bridge.token('slow') });
  await using clock = await FrameSocket.connected(endpoint, { token: await bridge.token('clock') });
  slow.pause();
  const positions = await publish('slow', 10, 'x'.repeat(50_000));
  for (let beat = 1; beat <= 6; beat++) {
    await clock.next('ping', beat);
    clock.send({ type: 'pong' });
  }
  slow.resume();
  await expect.poll(() => entriesOf(slow).map(({ seq }) => seq)).toEqual(positions.map(seqOf));
  slow.send({ type: 'send', id: 'alive', event: { type: 'x' } });
  expect(await slow.next('sent')).toMatchObject({ id: 'alive' });
});

test('G8: who floods an edge without reading its answers is not read either, until it reads on', async () => {
  // Goal: answers that nobody reads do not pile up in the edge. Method: sends at full speed from a socket that does not
  // read, until no more of them leave, although others are served all the while; then read.
  await using socket = await FrameSocket.connected(endpoint, { token: await bridge.token('flood') });
  socket.pause();
  const frame = JSON.stringify({ type: 'send', id: 'f', event: {} });
  for (let n = 0; n < FLOOD_FRAMES; n++) socket.send(frame);
  const calm = await bridge.token('calm');
  let unsent = socket.unsentBytes;
  for (let quiet = 0; quiet < FLOOD_QUIET_ROUNDS && unsent > 0;) {
    await using _ = await FrameSocket.connected(endpoint, { token: calm });
    quiet = socket.unsentBytes === unsent ? quiet + 1 : 0;
    unsent = socket.unsentBytes;
  }
  expect(unsent).toBeGreaterThan(0);
  socket.resume();
  expect(await socket.next('error', FLOOD_FRAMES)).toMatchObject({ code: 'bad_event' });
});
