import { createLogger, readConfig, runService } from '@longspan/telemetry';
import { configSchema } from './config.ts';
import { startWorker } from './worker.ts';

await runService('agent', async ({ env }) => {
  const config = readConfig(configSchema, env);
  const logger = createLogger({ name: config.name, level: config.logLevel });
  const worker = await startWorker(config, logger, (error) => {
    logger.fatal({ err: error }, 'agent.failed');
    process.exit(1);
  });
  // A worker listens on no port: it asks the queue.
  logger.info({ host: null, port: null, runtime: config.runtime.kind, queue: config.queue }, 'agent.ready');
  return worker;
});
