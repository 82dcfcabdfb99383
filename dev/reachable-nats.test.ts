import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { addressOf, requireReachableNats } from './reachable-nats.ts';

test('one server that answers is enough, none is told without the password', async () => {
  // Goal: a wrong address is told at once, not after every service gave up. Method: a real listener, then none.
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  const url = `nats://ada:secret@127.0.0.1:${address.port}`;
  await expect(requireReachableNats(`nats://127.0.0.1:1,${url}`)).resolves.toBeUndefined();
  server.close();
  await once(server, 'close');
  const refused = await requireReachableNats(url).catch((error: Error) => error.message);
  expect(refused).toContain(`LONGSPAN_NATS_URL=nats://…@127.0.0.1:${address.port}.`);
});

test('every usual way to write a server’s address is read', () => {
  // Goal: the same addresses as the NATS client takes. Method: one of each.
  expect(addressOf('nats://n0:4223')).toEqual({ host: 'n0', port: 4223 });
  expect(addressOf('n0')).toEqual({ host: 'n0', port: 4222 });
  expect(addressOf('tls://[::1]:4443')).toEqual({ host: '::1', port: 4443 });
  expect(() => addressOf('nats://:x:')).toThrow('no address');
});
