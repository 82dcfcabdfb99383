import { longspan } from './longspan/longspan.ts';
import { natsWebSocket } from './nats-websocket/nats-websocket.ts';
import { rawJetStream } from './raw-jetstream/raw-jetstream.ts';
import { rawWs } from './raw-ws/raw-ws.ts';
import { socketIo, socketIoByHand } from './socket-io/socket-io.ts';
import { sseRedis } from './sse-redis/sse-redis.ts';
import type { System } from './system.ts';
import type { SystemName } from './system-names.ts';

export const SYSTEMS: Readonly<Record<SystemName, System>> = {
  'longspan-r1': longspan({ name: 'longspan-r1', title: 'Longspan R1', replicas: 1 }),
  'longspan-r3': longspan({ name: 'longspan-r3', title: 'Longspan R3', replicas: 3 }),
  'longspan-r1-unsampled': longspan({
    name: 'longspan-r1-unsampled',
    title: 'Longspan R1, tracing on, nothing sampled',
    replicas: 1,
    traceRatio: 0,
  }),
  'longspan-r1-traced': longspan({
    name: 'longspan-r1-traced',
    title: 'Longspan R1, every event traced',
    replicas: 1,
    traceRatio: 1,
  }),
  'socket-io': socketIo,
  'socket-io-by-hand': socketIoByHand,
  'sse-redis': sseRedis,
  'nats-websocket': natsWebSocket,
  'raw-ws': rawWs,
  'raw-jetstream-r1': rawJetStream(1),
  'raw-jetstream-r3': rawJetStream(3),
};
