export interface NodeConfig {
  readonly name: string;
  readonly host: string;
  readonly clientPort: number;
  readonly monitorPort: number;
  readonly storeDir: string;
  /** Absent for a single server. */
  readonly cluster?: {
    readonly port: number;
    readonly routes: readonly string[];
    /** What other nodes hear of where to dial this one. */
    readonly advertise?: string;
  };
  /** More configuration, in nats.conf's own form. */
  readonly extra: string;
}

/** The text of a nats.conf for tests: JetStream on files, quick to notice a dead route, quick to leave. */
export function natsConf(node: NodeConfig): string {
  const lines = [
    `server_name: "${node.name}"`,
    `listen: "${node.host}:${node.clientPort}"`,
    `http: "${node.host}:${node.monitorPort}"`,
    `jetstream { store_dir: ${JSON.stringify(node.storeDir)}, max_memory_store: 64MB, max_file_store: 4GB }`,
    'lame_duck_grace_period: "500ms"',
    'lame_duck_duration: "30s"',
    'write_deadline: "5s"',
    node.extra,
  ];
  if (node.cluster) {
    const { port, routes, advertise } = node.cluster;
    lines.push(
      'cluster {',
      '  name: "longspan-test"',
      `  listen: "${node.host}:${port}"`,
      '  no_advertise: true',
      ...(advertise === undefined ? [] : [`  advertise: "${advertise}"`]),
      '  ping_interval: "2s"',
      `  routes: [${routes.map((route) => `"${route}"`).join(', ')}]`,
      '}',
    );
  }
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}
