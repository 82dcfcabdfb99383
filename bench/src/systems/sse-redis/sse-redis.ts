import { startRedisEdges } from '../redis-edges.ts';
import type { System } from '../system.ts';

/** The home-made thing: a Redis stream for each user, and an HTTP server that reads it for whoever listens. */
export const sseRedis: System = {
  name: 'sse-redis',
  title: 'SSE + Redis XREAD',
  keeps: 'memory, 1 server',
  hasReaders: true,
  start: (options) => startRedisEdges('sse', new URL('sse-redis-server.ts', import.meta.url), options),
};
