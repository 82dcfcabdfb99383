import { freePort } from '@longspan/testkit';
import { startRedis } from './redis-server.ts';
import { nodeServer, profileEnv, type ServerProcess } from './server-process.ts';
import type { RunningSystem, SystemOptions } from './system.ts';

/** Starts Redis, and edges of one kind around it: a module that listens on `PORT`, reads `REDIS_URL` and prints `ready`. */
export async function startRedisEdges(
  name: string,
  module: URL,
  { edges: count, folder, profileFolder }: SystemOptions,
): Promise<RunningSystem> {
  await using cleanup = new AsyncDisposableStack();
  const redis = await startRedis(folder, cleanup);
  const edges: ServerProcess[] = [];
  const edgeUrls: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const port = await freePort();
    edgeUrls.push(`http://127.0.0.1:${port}`);
    const env = { PORT: String(port), REDIS_URL: redis.url, ...profileEnv(profileFolder) };
    edges.push(cleanup.use(nodeServer({ name: `${name}-${i}`, module, env, ready: /^ready$/ })));
  }
  await Promise.all(edges.map((edge) => edge.start()));
  const owned = cleanup.move();
  return {
    access: { edgeUrls, brokerUrls: [redis.url], shards: 1 },
    edges,
    brokers: [redis.server],
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
