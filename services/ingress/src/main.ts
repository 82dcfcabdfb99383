import { runService } from '@longspan/telemetry';
import { ingressConfig } from './config.ts';
import { startIngress } from './ingress.ts';

await runService('ingress', ingressConfig, async ({ config, logger }) => {
  const ingress = await startIngress(config, logger);
  logger.info({ host: ingress.host, port: ingress.port, mode: config.mode }, 'ingress.ready');
  return ingress;
});
