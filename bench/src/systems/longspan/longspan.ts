import { fileURLToPath } from 'node:url';
import { freePort, TRACED, TraceReceiver } from '@longspan/testkit';
import { makeStreams } from '../make-streams.ts';
import { startNatsServers } from '../nats-servers.ts';
import { NODE_FLAGS, profileEnv, ServerProcess } from '../server-process.ts';
import type { Traces } from '../clients.ts';
import type { System } from '../system.ts';
import type { SystemName } from '../system-names.ts';
import { TOKEN_SECRET } from '../tokens.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const main = (service: string) =>
  fileURLToPath(new URL(`../../../../services/${service}/src/main.ts`, import.meta.url));

export interface LongspanOptions {
  readonly name: SystemName;
  readonly title: string;
  readonly replicas: 1 | 3;
  /** The part of traces that is kept. Without it nobody traces. */
  readonly traceRatio?: 0 | 1;
}

/** Longspan as it is deployed: production settings, the agents' publisher, the client library. */
export function longspan({ name, title, replicas, traceRatio }: LongspanOptions): System {
  return {
    name,
    title,
    keeps: `files, ${replicas === 1 ? '1 server' : '3 servers, a quorum'}`,
    hasReaders: true,
    async start({ edges: count, shards, folder, profileFolder }) {
      await using cleanup = new AsyncDisposableStack();
      const traces = traceRatio === undefined ? undefined : await receiver(traceRatio, cleanup);
      const nats = await startNatsServers(replicas, folder, cleanup, traces && TRACED.config);
      await makeStreams(nats.urls, { shards, replicas });
      const common = {
        LONGSPAN_EXIT_WITH_PARENT: '1',
        LONGSPAN_NATS_URL: nats.urls.join(','),
        ...(traces && {
          OTEL_EXPORTER_OTLP_ENDPOINT: traces.endpoint,
          LONGSPAN_TRACE_RATIO: String(traces.ratio),
        }),
      };
      if (traces !== undefined) {
        const tracer = {
          name: 'hop-tracer',
          command: process.execPath,
          args: [main('hop-tracer')],
          cwd: ROOT,
        };
        const ready = /"hop-tracer\.ready"/;
        await cleanup.use(new ServerProcess({ ...tracer, env: common, ready })).start();
      }
      const edges: ServerProcess[] = [];
      const edgeUrls: string[] = [];
      for (let i = 0; i < count; i += 1) {
        const port = await freePort();
        edgeUrls.push(`http://127.0.0.1:${port}`);
        const env = {
          ...common,
          LONGSPAN_NAME: `edge-${i}`,
          LONGSPAN_HOST: '127.0.0.1',
          LONGSPAN_PORT: String(port),
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
              args: [...NODE_FLAGS, main('edge')],
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
        access: { edgeUrls, brokerUrls: nats.urls, shards, ...(traces && { traces }) },
        edges,
        brokers: nats.servers,
        [Symbol.asyncDispose]: () => owned.disposeAsync(),
      };
    },
  };
}

/** Somebody to take the spans, whose work is counted in, for it runs on the same cores. */
async function receiver(ratio: number, owned: AsyncDisposableStack): Promise<Traces> {
  const { endpoint } = owned.use(await TraceReceiver.start());
  return { endpoint, ratio };
}
