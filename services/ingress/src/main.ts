import { runService } from '@longspan/telemetry';
import { ingressConfig } from './config.ts';
import { startIngress } from './ingress.ts';

await runService('ingress', ingressConfig, async (birth) => {
  const { config, logger } = birth;
  const ingress = await startIngress(birth);
  logger.info({ host: ingress.host, port: ingress.port, mode: config.mode }, 'ingress.ready');
  return ingress;
});
