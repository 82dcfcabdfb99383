import { freePort } from '@longspan/testkit';
import { startRedis } from '../redis-server.ts';
import { nodeServer, profileEnv, type ServerProcess } from '../server-process.ts';
import type { System } from '../system.ts';

/**
 * Socket.IO 4 with the Redis Streams adapter and connection state recovery, as https://socket.io/docs/v4/redis-streams-adapter and
 * https://socket.io/docs/v4/connection-state-recovery set it up.
 */
export const socketIo: System = {
  name: 'socket-io',
  title: 'Socket.IO + Redis Streams',
  keeps: 'memory, 1 server',
  hasReaders: true,
  async start({ edges: count, folder, profileFolder }) {
    await using cleanup = new AsyncDisposableStack();
    const redis = await startRedis(folder, cleanup);
    const edges: ServerProcess[] = [];
    const edgeUrls: string[] = [];
    for (let i = 0; i < count; i += 1) {
      const port = await freePort();
      edgeUrls.push(`http://127.0.0.1:${port}`);
      edges.push(
        cleanup.use(
          nodeServer({
            name: `socket.io-${i}`,
            module: new URL('socket-io-server.ts', import.meta.url),
            env: { PORT: String(port), REDIS_URL: redis.url, ...profileEnv(profileFolder) },
            ready: /^ready$/,
          }),
        ),
      );
    }
    await Promise.all(edges.map((edge) => edge.start()));
    const owned = cleanup.move();
    return {
      access: {
        edgeUrls,
        brokerUrls: [redis.url],
        shards: 1,
      },
      edges,
      brokers: [redis.server],
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    };
  },
};
