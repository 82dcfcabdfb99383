import { commonConfig, commonOf, flagField, topologyOf } from '@longspan/telemetry';
import { z } from 'zod';

/** The topology job's schema for `readConfig`. */
export const configSchema = z
  .object({
    ...commonConfig,
    LONGSPAN_ALLOW_FEWER_REPLICAS: flagField.default(false),
  })
  .transform((env) => ({
    ...commonOf(env, 'topology'),
    topology: topologyOf(env),
    allowed: { fewerReplicas: env.LONGSPAN_ALLOW_FEWER_REPLICAS },
  }));

export type Config = z.output<typeof configSchema>;
