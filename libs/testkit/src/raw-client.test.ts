import { once } from 'node:events';
import { expect, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { RawClient } from './raw-client.ts';

type Hello = Readonly<Record<string, unknown>>;

/** A socket peer that is driven by hand: `accept` gives the next connection and its first frame. */
class HandDrivenEdge implements AsyncDisposable {
  readonly #server = new WebSocketServer({ port: 0, host: '127.0.0.1' });

  async listen(): Promise<string> {
    if (this.#server.address() === null) await once(this.#server, 'listening');
    const address = this.#server.address();
    if (typeof address === 'string' || address === null) throw new Error('a server without a port');
    return `ws://127.0.0.1:${address.port}`;
  }

  async accept(): Promise<{ readonly socket: WebSocket; readonly hello: Hello }> {
    const socket = await new Promise<WebSocket>((resolve) => this.#server.once('connection', resolve));
    return { socket, hello: JSON.parse(await nextText(socket)) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#server.clients) socket.terminate();
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }
}

async function nextText(socket: WebSocket): Promise<string> {
  const [data] = await once(socket, 'message');
  return String(data);
}

function sendAll(socket: WebSocket, ...frames: readonly object[]): void {
  for (const frame of frames) socket.send(JSON.stringify(frame));
}

const event = (seq: number, prev: number) => ({ seq, prev, event: { id: `e${seq}` } });

test('it resumes from its position on the next endpoint and logs whatever it is told', async () => {
  // Goal: a client that hides nothing: repeats, disorder and gaps of an edge all reach its log.
  // Method: two hand-driven edges; the first sends two events and dies, the second repeats one and tells a gap.
  await using first = new HandDrivenEdge();
  await using second = new HandDrivenEdge();
  const endpoints = [await first.listen(), await second.listen()];
  const accepted = first.accept();
  await using client = new RawClient({ endpoints, user: 'ada', token: 't' });
  const connected = client.connect();

  const one = await accepted;
  expect(one.hello).toMatchObject({ type: 'connect', token: 't', from: 'earliest' });
  const resumed = second.accept();
  sendAll(
    one.socket,
    { type: 'welcome', edge: 'one', position: 'x-0', heartbeatMs: 10_000 },
    { type: 'events', events: [event(1, 0), event(4, 1)] },
    { type: 'caught_up', position: 'x-4' },
  );
  await connected;
  one.socket.terminate();

  const two = await resumed;
  expect(two.hello).toMatchObject({ from: 'x-4' });
  sendAll(
    two.socket,
    { type: 'welcome', edge: 'two', position: 'x-4', heartbeatMs: 10_000 },
    { type: 'events', events: [event(4, 1)] },
    { type: 'gap', from: 'x-4', to: 'y-9', reason: 'reset' },
    { type: 'ping', position: 'y-9' },
  );
  expect(JSON.parse(await nextText(two.socket))).toEqual({ type: 'pong' });
  expect(client.position).toBe('y-9');
  expect(client.log).toEqual({
    client: 'raw-ada',
    user: 'ada',
    from: 0,
    seen: [
      { kind: 'event', seq: 1, id: 'e1' },
      { kind: 'event', seq: 4, id: 'e4' },
      { kind: 'event', seq: 4, id: 'e4' },
      { kind: 'gap', from: 4, to: 9, reason: 'reset', epochs: ['x', 'y'] },
    ],
    wire: true,
  });
});

test('a client that leaves stays away until it comes back, and goes on where it was', async () => {
  // Goal: a scenario decides when a device is there. Method: leave an edge, look for a connection, come back.
  await using edge = new HandDrivenEdge();
  const accepted = edge.accept();
  await using client = new RawClient({ endpoints: [await edge.listen()], user: 'ada', token: 't' });
  const connected = client.connect();
  const { socket } = await accepted;
  sendAll(
    socket,
    { type: 'welcome', edge: 'one', position: 'x-0', heartbeatMs: 10_000 },
    { type: 'events', events: [event(1, 0)] },
    { type: 'caught_up', position: 'x-1' },
  );
  await connected;
  await client.leave();
  await client.leave();
  expect(client.closes).toEqual([1000]);
  expect(client.caughtUp).toBe(false);
  const again = edge.accept();
  client.comeBack();
  expect((await again).hello).toMatchObject({ from: 'x-1' });
});

test('told to drain it stays until another edge takes it', async () => {
  // Method: two hand-driven edges, and between them one that is not there; the first says drain and goes on.
  await using first = new HandDrivenEdge();
  await using second = new HandDrivenEdge();
  const endpoints = [await first.listen(), 'ws://127.0.0.1:1', await second.listen()];
  const accepted = first.accept();
  await using client = new RawClient({ endpoints, user: 'ada', token: 't' });
  client.start();
  const one = await accepted;
  const resumed = second.accept();
  const left = once(one.socket, 'close');
  sendAll(
    one.socket,
    { type: 'welcome', edge: 'one', position: 'x-0', heartbeatMs: 10_000 },
    { type: 'drain', reconnectWithinMs: 0 },
    { type: 'events', events: [event(1, 0)] },
  );
  expect((await resumed).hello).toMatchObject({ from: 'x-1' });
  expect((await left)[0]).toBe(1000);
  expect(client.closes).toEqual([1000]);
});
