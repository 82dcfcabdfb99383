import type { EventPublisher } from '../clients.ts';
import { peerPackage } from '../peer-packages.ts';
import { connectRedis, type RedisClient } from '../redis-client.ts';
import { EVENT_NAME, STREAM, STREAM_ENTRIES } from './stream.ts';

/** What is used of the `socket.io` package here: a server that listens nowhere. */
interface Server {
  to(room: string): { emit(name: typeof EVENT_NAME, event: unknown): boolean };
}

/**
 * Publishes as the documentation says: `io.to(user).emit()` at a server of the same cluster, here one that has no sockets itself.
 * Such a server reads the stream like all others. It says nothing of what became of an event, so it is settled when it is emitted.
 */
export async function openEmittingServer(redisUrl: string): Promise<EventPublisher> {
  const { Server: SocketIo } = peerPackage('socket.io') as {
    readonly Server: new (options: object) => Server;
  };
  const { createAdapter } = peerPackage('@socket.io/redis-streams-adapter') as {
    createAdapter(client: RedisClient, options: object): unknown;
  };
  const redis = await connectRedis(redisUrl);
  const io = new SocketIo({
    adapter: createAdapter(redis, { streamName: STREAM, maxLen: STREAM_ENTRIES, onlyPlaintext: true }),
    connectionStateRecovery: {},
  });
  return {
    publish: (user, event, settled) => {
      io.to(user).emit(EVENT_NAME, event);
      queueMicrotask(settled);
    },
    [Symbol.asyncDispose]: async () => redis.destroy(),
  };
}
