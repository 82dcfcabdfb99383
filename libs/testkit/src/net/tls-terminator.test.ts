import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { FaultProxy } from './fault-proxy.ts';
import { TlsTerminator, TlsWebSocket } from './tls-terminator.ts';

test('over TLS a changed byte ends the connection and never reaches the application', async () => {
  // Goal: what TLS promises, and what the product's users rest on. Method: an echo; then change one byte in a hundred.
  const http = createServer();
  const server = new WebSocketServer({ server: http });
  await using _ = {
    async [Symbol.asyncDispose]() {
      server.close();
      for (const one of server.clients) one.terminate();
      http.close();
      await once(http, 'close');
    },
  };
  const heard: string[] = [];
  server.on('connection', (socket) => socket.on('message', (data: Buffer) => heard.push(data.toString())));
  http.listen({ port: 0, host: '127.0.0.1' });
  await once(http, 'listening');
  // A server that listens has an address of this form.
  const { port } = http.address() as AddressInfo;
  await using terminator = await TlsTerminator.listen(port);
  await using proxy = await FaultProxy.listen(() => terminator.port);
  const client = new TlsWebSocket(`wss://127.0.0.1:${proxy.port}`, 'any');
  client.on('error', () => undefined);
  await once(client, 'open');
  const [accepted] = server.clients;
  if (accepted === undefined) throw new Error('nobody has connected');
  client.send('whole');
  await once(accepted, 'message');
  proxy.impair({ up: { corruption: 0.01 } });
  const closed = once(client, 'close');
  client.send('x'.repeat(10_000));
  await closed;
  expect(proxy.corruptedBytes).toBeGreaterThan(0);
  expect(heard).toEqual(['whole']);
});
