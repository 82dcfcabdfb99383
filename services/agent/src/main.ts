import { runService } from '@longspan/telemetry';
import { configSchema } from './config.ts';
import { startWorker } from './worker.ts';

await runService('agent', configSchema, async ({ config, logger }) => {
  const worker = await startWorker(config, logger, (error) => {
    logger.fatal({ err: error }, 'agent.failed');
    process.exit(1);
  });
  // A worker listens on no port: it asks the queue.
  logger.info({ host: null, port: null, runtime: config.runtime.kind, queue: config.queue }, 'agent.ready');
  return worker;
});
