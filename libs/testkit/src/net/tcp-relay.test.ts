import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { TcpRelay } from './tcp-relay.ts';

/** A server that sends back what it gets, a client of it through a relay, and what the client has received. */
async function echoThroughRelay(): Promise<
  AsyncDisposable & { relay: TcpRelay; client: Socket; received(): string }
> {
  const server = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
  server.listen({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const relay = await TcpRelay.listen(() => address.port);
  const client = connect({ port: relay.port, host: '127.0.0.1' });
  let text = '';
  client.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  await once(client, 'connect');
  return {
    relay,
    client,
    received: () => text,
    async [Symbol.asyncDispose]() {
      client.destroy();
      await relay[Symbol.asyncDispose]();
      server.close();
    },
  };
}

test('a blackhole holds what is sent, tells nobody, and lets it pass after the end', async () => {
  // Goal: a fault in which TCP sees nothing but silence.
  // Method: one exchange; then a write into the blackhole while a second, whole connection proves that time passed.
  await using link = await echoThroughRelay();
  link.client.write('a');
  await once(link.client, 'data');
  link.relay.blackhole();
  link.client.write('b');
  await using other = await echoThroughRelay();
  other.client.write('x');
  await once(other.client, 'data');
  expect(link.received()).toBe('a');
  expect(link.client.destroyed).toBe(false);
  link.relay.restore();
  await once(link.client, 'data');
  expect(link.received()).toBe('ab');
});

test('a reset ends both sides at once, and new connections pass again', async () => {
  // Goal: the fault of a crashed router: an error at the client, nothing worse.
  await using link = await echoThroughRelay();
  link.client.write('a');
  await once(link.client, 'data');
  const failed = once(link.client, 'error');
  link.relay.reset();
  expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
  const again = connect({ port: link.relay.port, host: '127.0.0.1' });
  again.write('c');
  expect(String((await once(again, 'data'))[0])).toBe('c');
  again.destroy();
});
