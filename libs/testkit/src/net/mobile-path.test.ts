import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { Random } from '../random.ts';
import { MobilePath } from './mobile-path.ts';
import { PROFILES } from './profiles.ts';

test('a device keeps its address book and loses its connections when it changes networks; a tunnel ends', async () => {
  // Goal: a handover is an address change, a tunnel is silence. Method: write before and after each of them.
  const served: Socket[] = [];
  const server = createServer((socket) => served.push(socket.resume()));
  server.listen({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  // A TCP server that listens has an address of this form.
  const { port } = server.address() as AddressInfo;
  {
    await using path = await MobilePath.open(port, PROFILES.wifi, new Random(7));
    const open = async () => {
      const accepted = once(server, 'connection');
      const socket = connect({ port: path.port, host: '127.0.0.1' });
      socket.on('error', () => undefined);
      await accepted;
      return socket;
    };
    const before = await open();
    path.handover(PROFILES.fast4G);
    before.write('nobody hears this');
    const after = await open();
    after.write('a');
    await once(served[1] ?? after, 'data');
    path.enterTunnel();
    after.write('b');
    expect(served[1]?.bytesRead).toBe(1);
    path.leaveTunnel();
    await once(served[1] ?? after, 'data');
    expect(served.map(({ bytesRead }) => bytesRead)).toEqual([0, 2]);
    expect(path.opened).toBe(2);
    for (const socket of [before, after]) socket.destroy();
  }
  const closed = once(server, 'close');
  server.close();
  for (const socket of served) socket.destroy();
  await closed;
});
