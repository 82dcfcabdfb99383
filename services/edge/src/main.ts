import { createLogger, readConfig, runService } from '@longspan/telemetry';
import { edgeConfig } from './config.ts';
import { Edge } from './edge.ts';

await runService('edge', async ({ env }) => {
  const config = readConfig(edgeConfig, env);
  return Edge.start(config, createLogger({ name: config.name, level: config.logLevel }));
});
