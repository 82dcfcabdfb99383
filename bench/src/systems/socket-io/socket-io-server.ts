import { connectRedis, type RedisClient } from '../redis-client.ts';
import { peerPackage } from '../peer-packages.ts';
import { endInOrder } from '../end-in-order.ts';
import { userOfToken } from '../tokens.ts';
import { STREAM, STREAM_ENTRIES } from './stream.ts';

// A Socket.IO server: each socket authenticates by its token and joins the room of its user.

/** What is used of the `socket.io` package. */
interface Server {
  use(middleware: (socket: ServerSocket, next: (error?: Error) => void) => void): void;
  on(event: 'connection', listener: (socket: ServerSocket) => void): void;
  readonly engine: {
    on(event: 'connection', listener: (rawSocket: { request: unknown }) => void): void;
  };
  listen(port: number): void;
}

interface ServerSocket {
  readonly handshake: { readonly auth: Readonly<Record<string, unknown>> };
  readonly data: { user?: string | undefined };
  readonly recovered: boolean;
  join(room: string): void;
}

interface AdapterOptions {
  readonly streamName: string;
  readonly maxLen: number;
  readonly onlyPlaintext: boolean;
}

const { Server: SocketIo } = peerPackage('socket.io') as {
  readonly Server: new (options: object) => Server;
};
const { createAdapter } = peerPackage('@socket.io/redis-streams-adapter') as {
  createAdapter(client: RedisClient, options: AdapterOptions): unknown;
};

const redis = await connectRedis(process.env['REDIS_URL'] ?? '');
const io = new SocketIo({
  adapter: createAdapter(redis, { streamName: STREAM, maxLen: STREAM_ENTRIES, onlyPlaintext: true }),
  connectionStateRecovery: {},
  transports: ['websocket'],
});
io.listen(Number(process.env['PORT']));
// As https://socket.io/docs/v4/memory-usage recommends: the first HTTP request is not needed any more.
io.engine.on('connection', (rawSocket) => {
  rawSocket.request = null;
});
io.use((socket, next) => void admit(socket, next));
io.on('connection', (socket) => {
  // A recovered socket is back in its rooms already.
  if (!socket.recovered && socket.data.user !== undefined) socket.join(socket.data.user);
});
process.stdout.write('ready\n');
endInOrder();

async function admit(socket: ServerSocket, next: (error?: Error) => void): Promise<void> {
  const token = String(socket.handshake.auth['token']);
  socket.data.user = await userOfToken(token).catch(() => undefined);
  next(socket.data.user === undefined ? new Error('unauthorized') : undefined);
}
