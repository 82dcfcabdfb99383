import { jetstreamManager, StorageType } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { startNatsServers } from '../nats-servers.ts';
import type { System } from '../system.ts';
import { STREAM } from './stream.ts';

const EVENTS_PER_USER = 1_000;

/** What needs no server but NATS: each device a connection to its WebSocket listener, with an ordered consumer of its user's subject. */
export const natsWebSocket: System = {
  name: 'nats-websocket',
  title: 'NATS over WebSocket',
  keeps: 'files, 1 server',
  // JetStream's default for consumers of one stream since 2.15; each is also state that its servers agree on.
  usersMax: 1_000,
  hasReaders: true,
  async start({ folder }) {
    await using cleanup = new AsyncDisposableStack();
    const { servers, urls, webSocketUrl } = await startNatsServers(1, folder, cleanup);
    const nc = await connect({ servers: [...urls] });
    const jsm = await jetstreamManager(nc);
    await jsm.streams.add({
      name: STREAM,
      subjects: ['ev.>'],
      storage: StorageType.File,
      max_msgs_per_subject: EVENTS_PER_USER,
    });
    await nc.close();
    const owned = cleanup.move();
    return {
      access: {
        edgeUrls: [],
        brokerUrls: urls,
        brokerWebSocketUrl: webSocketUrl,
        shards: 1,
      },
      // The server is both.
      edges: servers,
      brokers: [],
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    };
  },
};
