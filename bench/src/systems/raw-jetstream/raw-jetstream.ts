import { makeStreams } from '../make-streams.ts';
import { startNatsServers } from '../nats-servers.ts';
import type { System } from '../system.ts';

/** The limit of any bridge over JetStream: publishing to a stream that republishes, with nobody behind it. */
export function rawJetStream(replicas: 1 | 3): System {
  return {
    name: replicas === 1 ? 'raw-jetstream-r1' : 'raw-jetstream-r3',
    title: `JetStream alone, R${replicas}`,
    keeps: `files, ${replicas === 1 ? '1 server' : '3 servers, a quorum'}`,
    hasReaders: false,
    async start({ folder, shards }) {
      await using cleanup = new AsyncDisposableStack();
      const { servers, urls } = await startNatsServers(replicas, folder, cleanup);
      await makeStreams(urls, { shards, replicas });
      const owned = cleanup.move();
      return {
        access: { edgeUrls: [], brokerUrls: urls, shards },
        edges: [],
        brokers: servers,
        [Symbol.asyncDispose]: () => owned.disposeAsync(),
      };
    },
  };
}
