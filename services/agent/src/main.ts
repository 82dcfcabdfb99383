import { runService } from '@longspan/telemetry';
import { configSchema } from './config.ts';
import { startWorker } from './worker.ts';

await runService('agent', configSchema, async (birth) => {
  const { config, logger } = birth;
  const worker = await startWorker(birth, (error) => {
    logger.fatal({ err: error }, 'agent.failed');
    process.exit(1);
  });
  // A worker listens on no port: it asks the queue.
  logger.info({ host: null, port: null, runtime: config.runtime.kind, queue: config.queue }, 'agent.ready');
  return worker;
});
