import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, natsServerPath } from '@longspan/testkit';
import { ServerProcess } from './server-process.ts';

export interface NatsServers {
  readonly servers: readonly ServerProcess[];
  readonly urls: readonly string[];
  /** Of the first. */
  readonly webSocketUrl: string;
}

interface Node {
  readonly name: string;
  readonly port: number;
  readonly monitorPort: number;
  readonly routePort: number;
  readonly webSocketPort: number;
}

/** Starts one NATS server or a cluster of three, with JetStream on files and otherwise as it comes; resolves when it is healthy. `extraConfig` is added to each one's. */
export async function startNatsServers(
  count: 1 | 3,
  folder: string,
  owned: AsyncDisposableStack,
  extraConfig = '',
): Promise<NatsServers> {
  const nodes: Node[] = [];
  for (let i = 0; i < count; i += 1) {
    const [port, monitorPort] = [await freePort(), await freePort()];
    const [routePort, webSocketPort] = [await freePort(), await freePort()];
    nodes.push({ name: `nats-${i}`, port, monitorPort, routePort, webSocketPort });
  }
  const servers = await Promise.all(
    nodes.map(async (node) => {
      const home = join(folder, node.name);
      await mkdir(home, { recursive: true });
      const config = join(home, 'nats.conf');
      await writeFile(config, `${configOf(node, nodes, home)}${extraConfig}`);
      const ready = async () => {
        const answer = await fetch(`http://127.0.0.1:${node.monitorPort}/healthz`);
        return answer.ok;
      };
      return owned.use(
        new ServerProcess({ name: node.name, command: natsServerPath(), args: ['-c', config], ready }),
      );
    }),
  );
  await Promise.all(servers.map((server) => server.start()));
  return {
    servers,
    urls: nodes.map(({ port }) => `nats://127.0.0.1:${port}`),
    webSocketUrl: `ws://127.0.0.1:${nodes[0]?.webSocketPort}`,
  };
}

function configOf(node: Node, nodes: readonly Node[], home: string): string {
  const routes = nodes
    .filter((other) => other !== node)
    .map(({ routePort }) => `"nats://127.0.0.1:${routePort}"`);
  const lines = [
    `server_name: "${node.name}"`,
    `listen: "127.0.0.1:${node.port}"`,
    `http: "127.0.0.1:${node.monitorPort}"`,
    `jetstream { store_dir: ${JSON.stringify(join(home, 'store'))}, max_file_store: 32GB }`,
    `websocket { listen: "127.0.0.1:${node.webSocketPort}", no_tls: true }`,
    ...(routes.length === 0
      ? []
      : [`cluster { name: "bench", listen: "127.0.0.1:${node.routePort}", routes: [${routes.join(', ')}] }`]),
  ];
  return `${lines.join('\n')}\n`;
}
