import { createLogger, readConfig, runService } from '@longspan/telemetry';
import { ingressConfig } from './config.ts';
import { startIngress } from './ingress.ts';

await runService('ingress', async ({ env }) => {
  const config = readConfig(ingressConfig, env);
  const logger = createLogger({ name: config.name, level: config.logLevel });
  const ingress = await startIngress(config, logger);
  logger.info({ host: ingress.host, port: ingress.port, mode: config.mode }, 'ingress.ready');
  return ingress;
});
