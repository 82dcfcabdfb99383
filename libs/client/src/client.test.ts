// Goal: the whole client over real sockets: what it sends, what it delivers, how it comes back.
// Method: an edge driven by hand plays each case, frame by frame; every wait is for a frame or a client event.
import { expect, test } from 'vitest';
import { clientOf, nextSeqs } from '../test/client-of.ts';
import { HandDrivenEdge } from '../test/hand-driven-edge.ts';
import { testToken } from '../test/token.ts';
import { WebSocket as WsWebSocket } from 'ws';
import { LongspanClient, memoryStore } from './mod.ts';

test('a new client begins where the edge says, replays, and is live', async () => {
  await using edge = await HandDrivenEdge.start();
  const { client, seen, states } = clientOf([edge], { from: 'earliest', name: 'test 1' });
  await using _ = client;
  client.connect();
  const peer = await edge.accept();
  expect(await peer.connect()).toEqual({
    type: 'connect',
    token: testToken(),
    from: 'earliest',
    client: 'test 1',
  });
  peer.welcome('e-0');
  peer.events(0, 3, 5);
  peer.say({ type: 'caught_up', position: 'e-5' });
  await client.caughtUp();
  peer.events(5, 9);
  const metas = [await seen.take(), await seen.take(), await seen.take()];
  expect(metas.map(({ seq, prev, position, replayed }) => ({ seq, prev, position, replayed }))).toEqual([
    { seq: 3, prev: 0, position: 'e-3', replayed: true },
    { seq: 5, prev: 3, position: 'e-5', replayed: true },
    { seq: 9, prev: 5, position: 'e-9', replayed: false },
  ]);
  expect(client.position).toBe('e-9');
  expect(client.user).toBe('ada');
  const kinds = [await states.take(), await states.take(), await states.take()].map((state) => state.kind);
  expect(kinds).toEqual(['connecting', 'replaying', 'live']);
  expect(client.url).toBe(edge.url);
});

test('a client whose edge dies resumes at once, on the next edge, from its own position (G3, G10)', async () => {
  await using a = await HandDrivenEdge.start('a');
  await using b = await HandDrivenEdge.start('b');
  const { client, seen } = clientOf([a, b]);
  await using _ = client;
  client.connect();
  const first = await a.live('e-10');
  first.events(10, 11, 12);
  expect(await nextSeqs(seen, 2)).toEqual([11, 12]);
  first.socket.terminate();
  const second = await b.accept();
  expect((await second.connect()).from).toBe('e-12');
  second.welcome('e-12');
  second.events(11, 12, 14);
  second.say({ type: 'caught_up', position: 'e-14' });
  expect(await nextSeqs(seen, 1)).toEqual([14]);
  expect(client.stats).toMatchObject({ delivered: 3, repeats: 1, holes: 0, connections: 2 });
});

test('an event past a hole is never delivered: the client says so and resumes (G2)', async () => {
  await using edge = await HandDrivenEdge.start();
  const { client, seen, errors } = clientOf([edge]);
  await using _ = client;
  client.connect();
  const first = await edge.live('e-1');
  first.events(3, 4, 5);
  expect(await errors.take()).toBe('chain_broken');
  const second = await edge.accept();
  expect((await second.connect()).from).toBe('e-1');
  second.welcome('e-1');
  second.events(1, 3, 4, 5);
  expect(await nextSeqs(seen, 3)).toEqual([3, 4, 5]);
});

test('a gap moves the position and is told (G2)', async () => {
  await using edge = await HandDrivenEdge.start();
  const { client, seen } = clientOf([edge], { from: 'e-5' });
  await using _ = client;
  const gaps: unknown[] = [];
  client.on('gap', (gap) => gaps.push(gap));
  client.connect();
  const peer = await edge.welcome();
  peer.say({ type: 'gap', from: 'e-5', to: 'e-100', reason: 'expired' });
  peer.events(100, 101);
  expect(await nextSeqs(seen, 1)).toEqual([101]);
  expect(gaps).toEqual([{ from: 'e-5', to: 'e-100', reason: 'expired' }]);
});

test('a command that was not answered is sent again with its id, before its followers (G7)', async () => {
  await using edge = await HandDrivenEdge.start();
  const { client } = clientOf([edge]);
  await using _ = client;
  const one = client.send({ type: 'chat_message', data: { text: 'one' } }, { id: 'one' });
  const two = client.send({ type: 'chat_message', data: { text: 'two' } }, { id: 'two' });
  client.connect();
  const first = await edge.live('e-1');
  expect((await first.next('send')).id).toBe('one');
  first.socket.terminate();
  const second = await edge.live();
  expect(await second.next('send')).toEqual({
    type: 'send',
    id: 'one',
    event: { type: 'chat_message', data: { text: 'one' } },
  });
  second.say({ type: 'sent', id: 'one', position: 'c-1', duplicate: true });
  expect((await second.next('send')).id).toBe('two');
  second.say({ type: 'sent', id: 'two', position: 'c-2', duplicate: false });
  expect(await Promise.all([one, two])).toEqual([
    { id: 'one', position: 'c-1', duplicate: true },
    { id: 'two', position: 'c-2', duplicate: false },
  ]);
});

test('a client that starts again goes on where its store says', async () => {
  await using edge = await HandDrivenEdge.start();
  const store = memoryStore();
  {
    const { client, seen } = clientOf([edge], { store });
    await using _ = client;
    client.connect();
    const peer = await edge.live('e-1');
    peer.events(1, 2, 3);
    await nextSeqs(seen, 2);
  }
  const { client } = clientOf([edge], { store, from: 'earliest' });
  await using _ = client;
  client.connect();
  expect((await (await edge.accept()).connect()).from).toBe('e-3');
});

test('a client drained by its edge moves to another one without a break', async () => {
  await using a = await HandDrivenEdge.start('a');
  await using b = await HandDrivenEdge.start('b');
  const { client, seen, states } = clientOf([a, b]);
  await using _ = client;
  client.connect();
  const first = await a.live('e-1');
  await client.caughtUp();
  first.say({ type: 'drain', reconnectWithinMs: 0 });
  const second = await b.welcome();
  first.events(1, 2);
  second.events(1, 2, 3);
  second.say({ type: 'caught_up', position: 'e-3' });
  expect(await first.closed).toBe(1000);
  expect(await nextSeqs(seen, 2)).toEqual([2, 3]);
  expect(client.state).toMatchObject({ kind: 'live', edge: 'b' });
  expect(client.url).toBe(b.url);
  const kinds = [];
  for (let count = 0; count < 4; count += 1) kinds.push((await states.take()).kind);
  expect(kinds).toEqual(['connecting', 'replaying', 'live', 'live']);
});

test('a client that is cut comes back at once, and one that pauses comes back later', async () => {
  await using edge = await HandDrivenEdge.start();
  const { client } = clientOf([edge]);
  await using _ = client;
  client.connect();
  await edge.live('e-1');
  await client.caughtUp();
  client.disconnect();
  expect(client.state.kind).toBe('connecting');
  await edge.live();
  await client.caughtUp();
  client.pause(20);
  expect(client.state).toEqual({ kind: 'offline', reasons: ['paused'] });
  await edge.live();
  await client.caughtUp();
});

test('where the runtime can, a cut goes without a close handshake', async () => {
  await using edge = await HandDrivenEdge.start();
  const { client } = clientOf([edge], { WebSocket: WsWebSocket });
  await using _ = client;
  client.connect();
  const first = await edge.live('e-1');
  await client.caughtUp();
  client.disconnect();
  expect(await first.closed).toBe(1006);
  await edge.live();
  await client.caughtUp();
});

test('an edge that falls silent is left', async () => {
  await using edge = await HandDrivenEdge.start();
  const { client } = clientOf([edge]);
  await using _ = client;
  client.connect();
  const first = await edge.live('e-1', 50);
  first.say({ type: 'ping', position: 'e-1' });
  expect(await first.next('pong')).toEqual({ type: 'pong' });
  first.socket.pause();
  expect((await (await edge.accept()).connect()).from).toBe('e-1');
});

test('the token callback is asked again when the edge refuses a token, and before a token expires', async () => {
  await using edge = await HandDrivenEdge.start();
  let count = 0;
  const iat = Math.floor(Date.now() / 1000);
  const token = () => testToken({ iat, exp: iat + ((count += 1) === 2 ? 1 : 3_600), count });
  const { client } = clientOf([edge], { token });
  await using _ = client;
  client.connect();
  (await edge.accept()).socket.close(4401);
  const second = await edge.live('e-1');
  expect((await second.next('auth')).token).toBe(testToken({ iat, exp: iat + 3_600, count: 3 }));
});

test('a client whose sessions the back end ended stays away, until it is told to connect again', async () => {
  await using edge = await HandDrivenEdge.start();
  const { client } = clientOf([edge]);
  await using _ = client;
  client.connect();
  const pending = client.send({ type: 't' });
  (await edge.live('e-1')).socket.close(4410);
  await expect(pending).rejects.toMatchObject({ code: 'closed' });
  expect(client.state).toEqual({ kind: 'closed', reason: 'session_ended' });
  await expect(client.caughtUp()).rejects.toMatchObject({ code: 'closed' });
  client.connect();
  await edge.live();
  await client.caughtUp();
});

test('a handler that throws is reported, and the events after it come', async () => {
  await using edge = await HandDrivenEdge.start();
  const { client, seen, errors } = clientOf([edge]);
  await using _ = client;
  client.onType('test', () => {
    throw new Error('a fault of the application');
  });
  client.onType('other', () => {
    throw new Error('not called');
  });
  client.connect();
  (await edge.live('e-1')).events(1, 2, 3);
  expect(await nextSeqs(seen, 2)).toEqual([2, 3]);
  expect([await errors.take(), await errors.take()]).toEqual(['handler_failed', 'handler_failed']);
});

test('a handler that closes the client gets no further event', async () => {
  await using edge = await HandDrivenEdge.start();
  const { client, seen } = clientOf([edge]);
  client.on('event', () => void client.close());
  client.connect();
  const peer = await edge.live('e-1');
  peer.events(1, 2, 3, 4);
  expect(await peer.closed).toBe(1000);
  expect((await seen.take()).seq).toBe(2);
  expect(client.stats.delivered).toBe(1);
  expect(client.position).toBe('e-2');
});

test('frames that are not understood are skipped', async () => {
  await using edge = await HandDrivenEdge.start();
  const { client, seen } = clientOf([edge], { WebSocket: globalThis.WebSocket });
  await using _ = client;
  client.connect();
  const peer = await edge.live('e-1');
  for (const text of ['', '{', '[]', '{"type":"of a later version"}', '{"type":"gap"}'])
    peer.socket.send(text);
  peer.socket.send(Buffer.from([1, 2, 3]));
  peer.events(1, 2);
  expect(await nextSeqs(seen, 1)).toEqual([2]);
});

test('a send is refused with a reason: by the edge, by its signal, by its own shape, by the end', async () => {
  await using edge = await HandDrivenEdge.start();
  const { client } = clientOf([edge]);
  client.connect();
  const peer = await edge.live('e-1');
  const bad = client.send({ type: 'bad' }, { id: 'bad' });
  await peer.next('send');
  peer.say({ type: 'error', code: 'bad_event', message: 'no', retryable: false, id: 'bad' });
  await expect(bad).rejects.toMatchObject({ code: 'bad_event', retryable: false });

  const abort = new AbortController();
  const aborted = client.send({ type: 'slow' }, { signal: abort.signal });
  abort.abort();
  await expect(aborted).rejects.toMatchObject({ code: 'aborted' });
  await expect(client.send({ type: 't' }, { signal: abort.signal })).rejects.toMatchObject({
    code: 'aborted',
  });

  await expect(client.send({ type: '' })).rejects.toMatchObject({ code: 'invalid_command' });
  await expect(client.send({ type: 't', threadid: '' })).rejects.toMatchObject({ code: 'invalid_command' });
  await expect(client.send({ type: 't', data: 1n })).rejects.toMatchObject({ code: 'invalid_command' });
  await expect(client.send({ type: 't' }, { id: 'not ok' })).rejects.toMatchObject({
    code: 'invalid_command',
  });

  const last = client.send({ type: 'last' }, { id: 'last' });
  await expect(client.send({ type: 't' }, { id: 'last' })).rejects.toMatchObject({ code: 'invalid_command' });
  const closing = client.close();
  await expect(last).rejects.toMatchObject({ code: 'closed' });
  await closing;
  await expect(client.send({ type: 't' })).rejects.toMatchObject({ code: 'closed' });
});

test('options that no edge could make sense of are refused at once', () => {
  const make = (options: object) => () => new LongspanClient({ urls: ['http://a'], token: 't', ...options });
  expect(make({ urls: [] })).toThrow('urls');
  expect(make({ urls: ['edge'] })).toThrow('url');
  expect(make({ from: 'yesterday' })).toThrow('from');
  expect(make({ from: 'e-5' })).not.toThrow();
});
