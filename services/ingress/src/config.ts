import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PUBLISH_BUDGET_MS } from '@longspan/broker';
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

const DEVELOPMENT_PUBLISH_TOKEN = 'dev-publish-token';
const TOKEN_CHARS_MIN = 16;
const TRACE_ID = '{traceId}';
const MIB = 1024 * 1024;

const bearerToken = z
  .string()
  .regex(/^[A-Za-z0-9\-._~+/]+=*$/)
  .min(TOKEN_CHARS_MIN);
const bearerTokens = listField(
  bearerToken,
  `bearer tokens of at least ${TOKEN_CHARS_MIN} characters, separated by commas`,
);
const origin = z
  .string()
  .refine((text) => text === '*' || (URL.canParse(text) && new URL(text).origin === text));

/** Limits of one ingress process; hitting one has an answer of its own (`http/problems.ts`). */
export interface IngressLimits {
  /** The largest request body, in bytes; the log takes 8 MiB of events at once. */
  readonly bodyBytes: number;
  /** Requests in work at the same time. */
  readonly concurrentRequests: number;
  /** How long a publish tries, in milliseconds. */
  readonly publishBudgetMs: number;
}

export interface IngressConfig extends CommonConfig {
  readonly host: string;
  readonly port: number;
  readonly publishTokens: readonly string[];
  /** Bearer tokens of operators; undefined: development needs none, and production shows nothing. */
  readonly operationsTokens: readonly string[] | undefined;
  /** Origins of pages that may call: `*` is any, undefined is any page on this machine. */
  readonly origins: readonly string[] | undefined;
  /** Where the built console is. */
  readonly consoleDir: string | undefined;
  /** How long it goes on serving, not ready, before it stops accepting: the time a load balancer needs. */
  readonly drainMs: number;
  readonly limits: IngressLimits;
  /** What `/dev` tells; only in development mode. */
  readonly development: DevelopmentConfig | undefined;
}

export interface DevelopmentConfig {
  readonly edgeUrls: readonly string[];
  readonly jwtSecret: string;
  readonly jwtAudience: string | undefined;
  readonly jwtIssuer: string | undefined;
  /** Where a trace can be looked at, with `{traceId}` in place of its id. */
  readonly traceUrl: string | undefined;
}

const variables = z.object({
  ...commonConfig,
  LONGSPAN_HOST: textField.optional(),
  LONGSPAN_PORT: portField.default(8080),
  LONGSPAN_PUBLISH_TOKENS: bearerTokens.optional(),
  LONGSPAN_OPERATIONS_TOKENS: bearerTokens.optional(),
  LONGSPAN_ORIGINS: listField(
    origin,
    '* or origins such as https://app.example.com, separated by commas',
  ).optional(),
  LONGSPAN_EDGE_URLS: listField(urlField('http', 'https'), 'http urls of edges, separated by commas').default(
    ['http://127.0.0.1:8081', 'http://127.0.0.1:8082'],
  ),
  LONGSPAN_JWT_SECRET: secretField(32).optional(),
  LONGSPAN_JWT_AUDIENCE: textField.optional(),
  LONGSPAN_JWT_ISSUER: textField.optional(),
  LONGSPAN_TRACE_URL: urlField('http', 'https')
    .refine((url) => url.includes(TRACE_ID), `a url with ${TRACE_ID} where the id of a trace belongs`)
    .optional(),
  LONGSPAN_CONSOLE_DIR: textField
    .refine((dir) => existsSync(join(dir, 'index.html')), 'a folder with the built console')
    .transform((dir) => resolve(dir))
    .optional(),
  LONGSPAN_PUBLISH_BUDGET_MS: integerField(100, 120_000).default(PUBLISH_BUDGET_MS),
  LONGSPAN_BODY_BYTES_MAX: integerField(MIB / 2, 7 * MIB).default(4 * MIB),
  LONGSPAN_CONCURRENT_REQUESTS_MAX: integerField(1, 100_000).default(512),
  LONGSPAN_DRAIN_MS: integerField(0, 30_000).optional(),
});

/** The ingress's schema for `readConfig`. */
export const ingressConfig = variables.transform((env, context): IngressConfig => {
  const common = commonOf(env, 'ingress');
  const inDevelopment = common.mode === 'development';
  const missing = (name: keyof typeof env, message: string): never => {
    context.issues.push({ code: 'custom', input: env, path: [name], message });
    return z.NEVER;
  };
  return {
    ...common,
    host: env.LONGSPAN_HOST ?? (inDevelopment ? '127.0.0.1' : '0.0.0.0'),
    port: env.LONGSPAN_PORT,
    publishTokens:
      env.LONGSPAN_PUBLISH_TOKENS ??
      (inDevelopment
        ? [DEVELOPMENT_PUBLISH_TOKEN]
        : missing('LONGSPAN_PUBLISH_TOKENS', 'the bearer tokens of publishers, separated by commas')),
    operationsTokens: env.LONGSPAN_OPERATIONS_TOKENS,
    origins: env.LONGSPAN_ORIGINS ?? (inDevelopment ? undefined : []),
    consoleDir: env.LONGSPAN_CONSOLE_DIR,
    drainMs: env.LONGSPAN_DRAIN_MS ?? (inDevelopment ? 0 : 5_000),
    limits: {
      bodyBytes: env.LONGSPAN_BODY_BYTES_MAX,
      concurrentRequests: env.LONGSPAN_CONCURRENT_REQUESTS_MAX,
      publishBudgetMs: env.LONGSPAN_PUBLISH_BUDGET_MS,
    },
    development: inDevelopment
      ? {
          edgeUrls: env.LONGSPAN_EDGE_URLS,
          jwtSecret:
            env.LONGSPAN_JWT_SECRET ??
            missing(
              'LONGSPAN_JWT_SECRET',
              'the secret of the edges, with which /dev/token signs in development mode',
            ),
          jwtAudience: env.LONGSPAN_JWT_AUDIENCE,
          jwtIssuer: env.LONGSPAN_JWT_ISSUER,
          traceUrl: env.LONGSPAN_TRACE_URL,
        }
      : undefined,
  };
});
