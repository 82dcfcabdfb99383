import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { FaultProxy, type FaultProxyOptions } from './fault-proxy.ts';

/** For tests of the proxy: a server, the proxy before it, and a client that has connected through it. */
export interface TestLink extends AsyncDisposable {
  readonly proxy: FaultProxy;
  readonly client: Socket;
  /** The server's end of the client's connection. */
  readonly served: Socket;
  /** One more connection. */
  open(): Promise<{ readonly client: Socket; readonly served: Socket }>;
}

export async function testLink(options: FaultProxyOptions = {}): Promise<TestLink> {
  const server = createServer({ allowHalfOpen: true });
  server.listen({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  // A TCP server that listens has an address of this form.
  const { port } = server.address() as AddressInfo;
  const proxy = await FaultProxy.listen(() => port, options);
  const sockets: Socket[] = [];
  const open = async () => {
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const client = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
    const [served] = await accepted;
    sockets.push(client, served);
    for (const socket of [client, served]) socket.on('error', () => undefined);
    return { client, served };
  };
  const first = await open();
  return {
    proxy,
    ...first,
    open,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await proxy[Symbol.asyncDispose]();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}

/** Everything that a socket receives until its end. */
export async function received(socket: Socket): Promise<Buffer> {
  const pieces: Buffer[] = [];
  socket.on('data', (piece: Buffer) => pieces.push(piece));
  socket.resume();
  await once(socket, 'end');
  return Buffer.concat(pieces);
}
