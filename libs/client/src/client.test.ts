// Goal: the whole client over real sockets: what it sends, what it delivers, how it comes back.
// Method: an edge driven by hand plays each case, frame by frame; every wait is for a frame or a client event.
import { expect, test } from 'vitest';
import { HandDrivenEdge } from '../test/hand-driven-edge.ts';
import { Inbox } from '../test/inbox.ts';
import { testToken } from '../test/token.ts';
import { LongspanClient, memoryStore, type ClientOptions, type ClientState, type EventMeta } from './mod.ts';

function clientOf(edges: readonly HandDrivenEdge[], options: Partial<ClientOptions> = {}) {
  const urls = edges.map((edge) => edge.url);
  const client = new LongspanClient({ urls, startAt: 0, token: testToken(), ...options });
  const seen = new Inbox<EventMeta>();
  const states: ClientState['kind'][] = [];
  client.on('event', (_event, meta) => seen.put(meta));
  client.on('state', (state) => states.push(state.kind));
  return { client, seen, states };
}

async function seqs(seen: Inbox<EventMeta>, count: number): Promise<number[]> {
  const result: number[] = [];
  while (result.length < count) result.push((await seen.take()).seq);
  return result;
}

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
  expect(states).toEqual(['connecting', 'replaying', 'live']);
});

test('a client whose edge dies resumes at once, on the next edge, from its own position (G3, G10)', async () => {
  await using a = await HandDrivenEdge.start('a');
  await using b = await HandDrivenEdge.start('b');
  const { client, seen } = clientOf([a, b]);
  await using _ = client;
  client.connect();
  const first = await a.live('e-10');
  first.events(10, 11, 12);
  expect(await seqs(seen, 2)).toEqual([11, 12]);
  first.socket.terminate();
  const second = await b.accept();
  expect((await second.connect()).from).toBe('e-12');
  second.welcome('e-12');
  second.events(11, 12, 14);
  second.say({ type: 'caught_up', position: 'e-14' });
  expect(await seqs(seen, 1)).toEqual([14]);
  expect(client.stats).toMatchObject({ delivered: 3, repeats: 1, holes: 0, connections: 2 });
});

test('an event past a hole is never delivered: the client says so and resumes (G2)', async () => {
  await using edge = await HandDrivenEdge.start();
  const { client, seen } = clientOf([edge]);
  await using _ = client;
  const errors = new Inbox<string>();
  client.on('error', (error) => errors.put(error.code));
  client.connect();
  const first = await edge.live('e-1');
  first.events(3, 4, 5);
  expect(await errors.take()).toBe('chain_broken');
  const second = await edge.accept();
  expect((await second.connect()).from).toBe('e-1');
  second.welcome('e-1');
  second.events(1, 3, 4, 5);
  expect(await seqs(seen, 3)).toEqual([3, 4, 5]);
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
  expect(await seqs(seen, 1)).toEqual([101]);
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
    await seqs(seen, 2);
  }
  const { client } = clientOf([edge], { store, from: 'earliest' });
  await using _ = client;
  client.connect();
  expect((await (await edge.accept()).connect()).from).toBe('e-3');
});
