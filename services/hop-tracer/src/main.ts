import { runService } from '@longspan/telemetry';
import { hopTracerConfig } from './config.ts';
import { startHopTracer } from './hop-tracer.ts';

await runService('hop-tracer', hopTracerConfig, async (birth) => {
  const { config, logger } = birth;
  const tracer = await startHopTracer(birth);
  // It listens on no port: NATS tells it.
  logger.info({ host: null, port: null, subject: config.traceSubject }, 'hop-tracer.ready');
  return tracer;
});
