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
  readonly data: { user?: string };
  readonly recovered: boolean;
  join(room: string): void;
}

interface AdapterOptions {
  readonly streamName: string;
  readonly maxLen: number;
  readonly onlyPlaintext: boolean;
}

const { Server: SocketIo } = peerPackage<{ readonly Server: new (options: object) => Server }>('socket.io');
const { createAdapter } = peerPackage<{
  createAdapter(client: RedisClient, options: AdapterOptions): unknown;
}>('@socket.io/redis-streams-adapter');

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
io.use((socket, next) => {
  userOfToken(String(socket.handshake.auth['token'])).then(
    (user) => {
      socket.data.user = user;
      next();
    },
    () => next(new Error('unauthorized')),
  );
});
io.on('connection', (socket) => {
  // A recovered socket is back in its rooms already.
  if (!socket.recovered && socket.data.user !== undefined) socket.join(socket.data.user);
});
process.stdout.write('ready\n');
endInOrder();
