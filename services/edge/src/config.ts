import {
  commonConfig,
  commonOf,
  integerField,
  listField,
  portField,
  secretField,
  textField,
  urlField,
  type CommonConfig,
} from '@longspan/telemetry';
import { z } from 'zod';
import type { EdgeLimits } from './limits.ts';

/** How tokens are checked: with a shared secret, or with the public keys behind a URL. */
export interface TokenConfig {
  readonly secret: string | undefined;
  readonly jwksUrl: string | undefined;
  /** Public keys older than this are fetched anew. */
  readonly jwksRefreshMs: number;
  readonly audience: string | undefined;
  readonly issuer: string | undefined;
}

export interface EdgeConfig extends CommonConfig {
  readonly host: string;
  readonly port: number;
  /** Origins of pages that may connect: `*` is any, undefined is any page on this machine. */
  readonly origins: readonly string[] | undefined;
  readonly tokens: TokenConfig;
  readonly heartbeatMs: number;
  /** Every attached user is synced this often (G9). */
  readonly syncIntervalMs: number;
  /** How long a drain takes: sessions are sent away one by one over this time. */
  readonly drainMs: number;
  readonly limits: EdgeLimits;
}

const KIB = 1024;
const origin = z
  .string()
  .refine((text) => text === '*' || (URL.canParse(text) && new URL(text).origin === text));

const variables = z.object({
  ...commonConfig,
  LONGSPAN_HOST: textField.optional(),
  LONGSPAN_PORT: portField.default(8081),
  LONGSPAN_ORIGINS: listField(
    origin,
    '* or origins such as https://app.example.com, separated by commas',
  ).optional(),
  LONGSPAN_JWT_SECRET: secretField(32).optional(),
  LONGSPAN_JWKS_URL: urlField('https', 'http').optional(),
  LONGSPAN_JWKS_REFRESH_MS: integerField(1_000, 86_400_000).default(600_000),
  LONGSPAN_JWT_AUDIENCE: textField.optional(),
  LONGSPAN_JWT_ISSUER: textField.optional(),
  LONGSPAN_HEARTBEAT_MS: integerField(500, 120_000).default(10_000),
  LONGSPAN_SYNC_INTERVAL_MS: integerField(100, 60_000).default(2_000),
  LONGSPAN_DRAIN_MS: integerField(0, 50_000).optional(),
  LONGSPAN_FRAME_BYTES_MAX: integerField(KIB, 16 * KIB * KIB).default(320 * KIB),
  LONGSPAN_EVENT_BYTES_MAX: integerField(KIB, 256 * KIB).default(256 * KIB),
  LONGSPAN_SENDS_PER_SECOND_MAX: integerField(1, 10_000).default(20),
  LONGSPAN_SENDS_IN_FLIGHT_MAX: integerField(1, 10_000).default(32),
  LONGSPAN_SESSIONS_PER_USER_MAX: integerField(1, 100_000).default(64),
  LONGSPAN_UNAUTHENTICATED_MAX: integerField(1, 1_000_000).default(10_000),
  LONGSPAN_OUTBOX_BYTES_MAX: integerField(512 * KIB, 256 * KIB * KIB).default(KIB * KIB),
});

/** The edge's schema for `readConfig`. */
export const edgeConfig = variables.transform((env, context): EdgeConfig => {
  const common = commonOf(env, 'edge');
  const inDevelopment = common.mode === 'development';
  if (env.LONGSPAN_JWT_SECRET === undefined && env.LONGSPAN_JWKS_URL === undefined) {
    context.issues.push({
      code: 'custom',
      input: env,
      path: ['LONGSPAN_JWT_SECRET'],
      message: 'a secret of at least 32 characters, or LONGSPAN_JWKS_URL',
    });
  }
  return {
    ...common,
    host: env.LONGSPAN_HOST ?? (inDevelopment ? '127.0.0.1' : '0.0.0.0'),
    port: env.LONGSPAN_PORT,
    origins: env.LONGSPAN_ORIGINS ?? (inDevelopment ? undefined : []),
    tokens: {
      secret: env.LONGSPAN_JWT_SECRET,
      jwksUrl: env.LONGSPAN_JWKS_URL,
      jwksRefreshMs: env.LONGSPAN_JWKS_REFRESH_MS,
      audience: env.LONGSPAN_JWT_AUDIENCE,
      issuer: env.LONGSPAN_JWT_ISSUER,
    },
    heartbeatMs: env.LONGSPAN_HEARTBEAT_MS,
    syncIntervalMs: env.LONGSPAN_SYNC_INTERVAL_MS,
    drainMs: env.LONGSPAN_DRAIN_MS ?? (inDevelopment ? 1_000 : 10_000),
    limits: {
      frameBytesMax: env.LONGSPAN_FRAME_BYTES_MAX,
      eventBytesMax: env.LONGSPAN_EVENT_BYTES_MAX,
      sendsPerSecondMax: env.LONGSPAN_SENDS_PER_SECOND_MAX,
      sendsInFlightMax: env.LONGSPAN_SENDS_IN_FLIGHT_MAX,
      sessionsPerUserMax: env.LONGSPAN_SESSIONS_PER_USER_MAX,
      unauthenticatedMax: env.LONGSPAN_UNAUTHENTICATED_MAX,
      outboxBytesMax: env.LONGSPAN_OUTBOX_BYTES_MAX,
    },
  };
});
