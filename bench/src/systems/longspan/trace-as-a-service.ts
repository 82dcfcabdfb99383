import { commonConfig, commonOf, createLogger, readConfig, startTelemetry } from '@longspan/telemetry';
import { z } from 'zod';
import type { Traces } from '../clients.ts';

const schema = z.object(commonConfig).transform((env) => commonOf(env, 'publisher'));

/** Has this process make spans of what it publishes, as an agent does. */
export async function traceAsAService(traces: Traces | undefined): Promise<AsyncDisposable | undefined> {
  if (traces === undefined) return undefined;
  const config = readConfig(schema, {
    LONGSPAN_LOG_LEVEL: 'warn',
    OTEL_EXPORTER_OTLP_ENDPOINT: traces.endpoint,
    LONGSPAN_TRACE_RATIO: String(traces.ratio),
  });
  const logger = createLogger({ name: 'publisher', level: 'warn', destination: process.stderr });
  return await startTelemetry(config, 'publisher', logger);
}
