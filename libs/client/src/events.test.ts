// Goal: `for await` sees what callbacks see, saves only what it has handled, and costs bounded memory (G2, G8).
// Method: loops over a client of an edge driven by hand.
import { expect, test } from 'vitest';
import { clientOf } from '../test/client-of.ts';
import { HandDrivenEdge } from '../test/hand-driven-edge.ts';
import { ITERATOR_EVENTS_MAX } from './event-buffer.ts';
import { memoryStore } from './mod.ts';

test('a loop gets every event in order, and ends when the client is closed', async () => {
  await using edge = await HandDrivenEdge.start();
  const { client } = clientOf([edge]);
  client.connect();
  const events = client.events();
  (await edge.live('e-1')).events(1, 2, 3, 4);
  const seqs: number[] = [];
  for await (const { meta } of events) {
    seqs.push(meta.seq);
    if (meta.seq === 4) await client.close();
  }
  expect(seqs).toEqual([2, 3, 4]);
});

test('an event is saved when the loop asks for the next one, not before', async () => {
  await using edge = await HandDrivenEdge.start();
  const store = memoryStore();
  const { client } = clientOf([edge], { store });
  await using _ = client;
  client.connect();
  const events = client.events();
  (await edge.live('e-1')).events(1, 2, 3);
  await events.next();
  expect(client.position).toBe('e-3');
  expect(await store.load('ada')).toBe('e-1');
  await events.next();
  expect(await store.load('ada')).toBe('e-2');
  await events.return?.();
  expect(await store.load('ada')).toBe('e-3');
});

test('a loop that is far behind makes the client stop reading, and goes on without a loss', async () => {
  await using edge = await HandDrivenEdge.start();
  const { client, states } = clientOf([edge]);
  await using _ = client;
  client.connect();
  const events = client.events();
  const first = await edge.live('e-0');
  const total = ITERATOR_EVENTS_MAX + 500;
  const seqs = Array.from({ length: total }, (_, index) => index + 1);
  first.events(0, ...seqs);
  for (;;) if ((await states.take()).kind === 'offline') break;
  expect(await first.closed).toBe(1000);
  expect(client.state).toEqual({ kind: 'offline', reasons: ['slow_reader'] });

  const seen: number[] = [];
  const take = async () => seen.push((await events.next()).value?.meta.seq ?? 0);
  while (seen.length < ITERATOR_EVENTS_MAX / 2) await take();
  const second = await edge.welcome();
  expect(second.began).toBe(`e-${ITERATOR_EVENTS_MAX}`);
  second.events(ITERATOR_EVENTS_MAX, ...seqs.slice(ITERATOR_EVENTS_MAX));
  while (seen.length < total) await take();
  expect(seen).toEqual(seqs);
});

test('a loop is left by its signal, and fails when the edge ends the client', async () => {
  await using edge = await HandDrivenEdge.start();
  const { client } = clientOf([edge]);
  await using _ = client;
  client.connect();
  const abort = new AbortController();
  const left = client.events({ signal: abort.signal }).next();
  abort.abort();
  expect(await left).toEqual({ done: true, value: undefined });
  expect(await client.events({ signal: abort.signal }).next()).toEqual({ done: true, value: undefined });

  const events = client.events();
  const peer = await edge.live('e-1');
  peer.events(1, 2);
  peer.socket.close(4410);
  expect((await events.next()).value?.meta.seq).toBe(2);
  await expect(events.next()).rejects.toMatchObject({ code: 'closed' });
  expect(await events.next()).toEqual({ done: true, value: undefined });
});
