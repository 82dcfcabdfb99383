import { commonConfig, commonOf, textField } from '@longspan/telemetry';
import { z } from 'zod';

/** The hop tracer's schema for `readConfig`. Without a collector it has nothing to do, so it insists on one. */
export const hopTracerConfig = z
  .object({
    ...commonConfig,
    LONGSPAN_TRACE_SUBJECT: textField.default('longspan.trace'),
  })
  .transform((env, context) => {
    const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT;
    if (endpoint === undefined) {
      context.issues.push({
        code: 'custom',
        input: env,
        path: ['OTEL_EXPORTER_OTLP_ENDPOINT'],
        message: 'the base URL of an OTLP collector',
      });
      return z.NEVER;
    }
    return { ...commonOf(env, 'hop-tracer'), endpoint, traceSubject: env.LONGSPAN_TRACE_SUBJECT };
  });

export type HopTracerConfig = z.output<typeof hopTracerConfig>;
