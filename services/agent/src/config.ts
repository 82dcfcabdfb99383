import {
  choiceField,
  commonConfig,
  commonOf,
  integerField,
  secretField,
  textField,
  urlField,
} from '@longspan/telemetry';
import { z } from 'zod';

/** Every variable that the agent worker reads. */
export const configSchema = z
  .object({
    ...commonConfig,
    LONGSPAN_AGENT_RUNTIME: choiceField(['builtin', 'openai']).default('builtin'),
    /** Workers that share it share the work. */
    LONGSPAN_AGENT_QUEUE: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/, '1 to 32 characters of [a-z0-9-]')
      .default('agents'),
    LONGSPAN_AGENT_CONCURRENCY: integerField(1, 1_000).default(16),
    LONGSPAN_AGENT_ACK_WAIT_MS: integerField(1_000, 600_000).optional(),
    LONGSPAN_AGENT_ATTEMPTS: integerField(1, 100).default(5),
    LONGSPAN_AGENT_DRAIN_MS: integerField(0, 50_000).default(20_000),
    LONGSPAN_AGENT_PACE_MS: integerField(0, 10_000).default(25),
    LONGSPAN_OPENAI_URL: urlField('http', 'https').default('https://api.openai.com/v1'),
    LONGSPAN_OPENAI_KEY: secretField(1).optional(),
    LONGSPAN_OPENAI_MODEL: textField.default('gpt-4o-mini'),
    LONGSPAN_OPENAI_SILENCE_MS: integerField(100, 600_000).default(60_000),
  })
  .transform((env) => {
    const common = commonOf(env, 'agent');
    return {
      ...common,
      queue: env.LONGSPAN_AGENT_QUEUE,
      concurrency: env.LONGSPAN_AGENT_CONCURRENCY,
      // Longer than a leader election, which a single development server never has: there a takeover may be quick.
      ackWaitMs: env.LONGSPAN_AGENT_ACK_WAIT_MS ?? (common.mode === 'development' ? 6_000 : 20_000),
      attemptsMax: env.LONGSPAN_AGENT_ATTEMPTS,
      drainMs: env.LONGSPAN_AGENT_DRAIN_MS,
      runtime:
        env.LONGSPAN_AGENT_RUNTIME === 'builtin'
          ? ({ kind: 'builtin', paceMs: env.LONGSPAN_AGENT_PACE_MS } as const)
          : ({
              kind: 'openai',
              endpoint: {
                url: env.LONGSPAN_OPENAI_URL,
                key: env.LONGSPAN_OPENAI_KEY,
                model: env.LONGSPAN_OPENAI_MODEL,
              },
              silenceMs: env.LONGSPAN_OPENAI_SILENCE_MS,
            } as const),
    };
  });

export type Config = z.output<typeof configSchema>;
