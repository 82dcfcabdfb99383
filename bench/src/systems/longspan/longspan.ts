import { fileURLToPath } from 'node:url';
import { freePort } from '@longspan/testkit';
import { makeStreams } from '../make-streams.ts';
import { startNatsServers } from '../nats-servers.ts';
import { profileEnv, ServerProcess } from '../server-process.ts';
import type { System } from '../system.ts';
import { TOKEN_SECRET } from '../tokens.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const EDGE = fileURLToPath(new URL('../../../../services/edge/src/main.ts', import.meta.url));

/** Longspan as it is deployed: production settings, the agents' publisher, the client library. */
export function longspan(replicas: 1 | 3): System {
  return {
    name: replicas === 1 ? 'longspan-r1' : 'longspan-r3',
    title: `Longspan R${replicas}`,
    keeps: `files, ${replicas === 1 ? '1 server' : '3 servers, a quorum'}`,
    hasReaders: true,
    async start({ edges: count, shards, folder, profileFolder }) {
      await using cleanup = new AsyncDisposableStack();
      const nats = await startNatsServers(replicas, folder, cleanup);
      await makeStreams(nats.urls, { shards, replicas });
      const edges: ServerProcess[] = [];
      const edgeUrls: string[] = [];
      for (let i = 0; i < count; i += 1) {
        const port = await freePort();
        edgeUrls.push(`http://127.0.0.1:${port}`);
        const env = {
          LONGSPAN_EXIT_WITH_PARENT: '1',
          LONGSPAN_NAME: `edge-${i}`,
          LONGSPAN_HOST: '127.0.0.1',
          LONGSPAN_PORT: String(port),
          LONGSPAN_NATS_URL: nats.urls.join(','),
          LONGSPAN_JWT_SECRET: TOKEN_SECRET,
          // Nobody is there any more when a profiled edge is ended.
          LONGSPAN_DRAIN_MS: '0',
          ...profileEnv(profileFolder),
        };
        edges.push(
          cleanup.use(
            new ServerProcess({
              name: `edge-${i}`,
              command: process.execPath,
              args: [EDGE],
              cwd: ROOT,
              env,
              ready: /"edge\.ready"/,
            }),
          ),
        );
      }
      await Promise.all(edges.map((edge) => edge.start()));
      const owned = cleanup.move();
      return {
        access: { edgeUrls, brokerUrls: nats.urls, shards },
        edges,
        brokers: nats.servers,
        [Symbol.asyncDispose]: () => owned.disposeAsync(),
      };
    },
  };
}
