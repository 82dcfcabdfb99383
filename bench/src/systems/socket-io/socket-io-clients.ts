import type { BenchEvent } from '../../load/event.ts';
import type { SystemClients } from '../clients.ts';
import { errorOf } from '../error-of.ts';
import { peerPackage } from '../peer-packages.ts';
import { connectRedis, keeping } from '../redis-client.ts';
import { openEmittingServer } from './emitting-server.ts';
import { EVENT_NAME, STREAM, STREAM_ENTRIES } from './stream.ts';

/** What is used of the `socket.io-client` package. */
interface Client {
  readonly io: { uri: string };
  on(event: 'connect' | 'disconnect', listener: () => void): unknown;
  on(event: typeof EVENT_NAME, listener: (event: BenchEvent) => void): unknown;
  close(): unknown;
}

/** Values of the adapter's wire format: a broadcast, and an event packet. */
const BROADCAST = '3';
const EVENT_PACKET = 2;
const NAMESPACE = '/';
/** Nobody's; servers skip what carries their own. */
const EMITTER = 'emitter';
/** The documentation's default is a second; who wants to be back soon lowers it. */
const RECONNECT_AFTER_MS = 10;
const RECONNECT_AFTER_MS_MAX = 1_000;

export const socketIoClients = {
  openPublisher: ({ brokerUrls: [url = ''] }) => openEmittingServer(url),

  connect({ edgeUrls }, { token, startAt, event, live, lost }) {
    const { io } = peerPackage('socket.io-client') as { io(url: string, options: object): Client };
    const urlOf = (attempt: number) => edgeUrls[attempt % edgeUrls.length] ?? '';
    let attempt = startAt;
    const socket = io(urlOf(attempt), {
      transports: ['websocket'],
      auth: { token },
      forceNew: true,
      reconnectionDelay: RECONNECT_AFTER_MS,
      reconnectionDelayMax: RECONNECT_AFTER_MS_MAX,
    });
    socket.on('connect', live);
    socket.on('disconnect', () => {
      lost();
      // It knows one address only; a balancer would send it to another server.
      attempt += 1;
      socket.io.uri = urlOf(attempt);
    });
    socket.on(EVENT_NAME, event);
    return { close: async () => void socket.close() };
  },
} satisfies SystemClients;

/** Published to without a server, which its documentation knows no way for. */
export const socketIoByHandClients: SystemClients = {
  connect: socketIoClients.connect,

  /**
   * Writes what a server's `io.to(user).emit(...)` writes into the stream, as the emitters for the other adapters do (there is none for
   * this one): no server is in the way, nothing is read back, and the write is acknowledged.
   */
  async openPublisher({ brokerUrls: [url = ''] }) {
    const redis = await connectRedis(url);
    const kept = keeping(STREAM_ENTRIES);
    return {
      publish: (user, event, settled) => {
        const packet = { type: EVENT_PACKET, data: [EVENT_NAME, event], nsp: NAMESPACE };
        const data = JSON.stringify({ opts: { rooms: [user], except: [], flags: {} }, packet });
        const message = { uid: EMITTER, nsp: NAMESPACE, type: BROADCAST, data };
        redis.xAdd(STREAM, '*', message, kept).then(
          () => settled(),
          (error: unknown) => settled(errorOf(error)),
        );
      },
      [Symbol.asyncDispose]: async () => redis.destroy(),
    };
  },
};
