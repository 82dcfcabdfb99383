import { freePort } from '@longspan/testkit';
import { startRedis } from '../redis-server.ts';
import { nodeServer, profileEnv, type ServerProcess } from '../server-process.ts';
import type { System } from '../system.ts';

/** The home-made thing: a Redis stream for each user, and an HTTP server that reads it for whoever listens. */
export const sseRedis: System = {
  name: 'sse-redis',
  title: 'SSE + Redis XREAD',
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
            name: `sse-${i}`,
            module: new URL('sse-redis-server.ts', import.meta.url),
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
