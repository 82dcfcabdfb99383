import { freePort } from '@longspan/testkit';
import { nodeServer, profileEnv } from '../server-process.ts';
import type { System } from '../system.ts';

/** The limit of any edge in Node: what is published for a user goes to the user's sockets; nothing is kept, checked or resumed. */
export const rawWs: System = {
  name: 'raw-ws',
  title: 'ws alone',
  keeps: 'nothing',
  hasReaders: true,
  async start({ profileFolder }) {
    await using cleanup = new AsyncDisposableStack();
    const port = await freePort();
    const server = cleanup.use(
      nodeServer({
        name: 'ws-server',
        module: new URL('raw-ws-server.ts', import.meta.url),
        env: { PORT: String(port), ...profileEnv(profileFolder) },
        ready: /^ready$/,
      }),
    );
    await server.start();
    const owned = cleanup.move();
    return {
      access: {
        edgeUrls: [`http://127.0.0.1:${port}`],
        brokerUrls: [],
        shards: 1,
      },
      edges: [server],
      brokers: [],
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    };
  },
};
