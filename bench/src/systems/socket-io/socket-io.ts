import { startRedisEdges } from '../redis-edges.ts';
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
  start: (options) => startRedisEdges('socket.io', new URL('socket-io-server.ts', import.meta.url), options),
};

/** The same servers, with what is published written into their stream by hand. */
export const socketIoByHand: System = {
  ...socketIo,
  name: 'socket-io-by-hand',
  title: 'Socket.IO, stream written by hand',
};
