import type { SystemClients } from './clients.ts';
import type { SystemName } from './system-names.ts';

/** Loads the clients of one system, and nothing of the others. */
export async function clientsOf(system: SystemName): Promise<SystemClients> {
  switch (system) {
    case 'longspan-r1':
    case 'longspan-r3':
    case 'longspan-r1-unsampled':
    case 'longspan-r1-traced':
      return (await import('./longspan/longspan-clients.ts')).longspanClients;
    case 'socket-io':
      return (await import('./socket-io/socket-io-clients.ts')).socketIoClients;
    case 'socket-io-by-hand':
      return (await import('./socket-io/socket-io-clients.ts')).socketIoByHandClients;
    case 'nats-websocket':
      return (await import('./nats-websocket/nats-websocket-clients.ts')).natsWebSocketClients;
    case 'sse-redis':
      return (await import('./sse-redis/sse-redis-clients.ts')).sseRedisClients;
    case 'raw-ws':
      return (await import('./raw-ws/raw-ws-clients.ts')).rawWsClients;
    case 'raw-jetstream-r1':
    case 'raw-jetstream-r3':
      return (await import('./raw-jetstream/raw-jetstream-clients.ts')).rawJetStreamClients;
    default:
      return system satisfies never;
  }
}
