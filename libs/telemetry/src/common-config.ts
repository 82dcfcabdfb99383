import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import {
  choiceField,
  integerField,
  listField,
  portField,
  ratioField,
  secretField,
  textField,
  urlField,
} from './fields.ts';

const HOUR_MS = 3_600_000;
/** The part of traces that begin here and are kept: enough to see how all is going, too few to cost anything. */
const TRACE_RATIO = 0.01;
const natsUrl = urlField('nats', 'tls', 'ws', 'wss');

/**
 * The variables that every service reads, to be spread into its schema:
 * `z.object({ ...commonConfig, LONGSPAN_PORT: portField.default(8081) })`.
 */
export const commonConfig = {
  LONGSPAN_MODE: choiceField(['development', 'production']).default('production'),
  LONGSPAN_NAME: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, '1 to 32 characters of [a-z0-9-]')
    .optional(),
  LONGSPAN_LOG_LEVEL: choiceField(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default(
    'info',
  ),
  LONGSPAN_NATS_URL: listField(
    natsUrl,
    'NATS urls such as nats://127.0.0.1:4222, separated by commas',
  ).default(['nats://127.0.0.1:4222']),
  LONGSPAN_NATS_USER: textField.optional(),
  LONGSPAN_NATS_PASSWORD: secretField(1).optional(),
  LONGSPAN_NATS_CREDS: textField.optional(),
  LONGSPAN_SHARDS: integerField(1, 256).default(1),
  LONGSPAN_REPLICAS: choiceField(['1', '3', '5']).transform(Number).optional(),
  LONGSPAN_EVENTS_PER_USER: integerField(1, 1_000_000).default(1_000),
  LONGSPAN_RETENTION_HOURS: integerField(1, 8_760).default(24),
  LONGSPAN_DUPLICATE_WINDOW_MS: integerField(1_000, 86_400_000).default(120_000),
  OTEL_EXPORTER_OTLP_ENDPOINT: urlField('http', 'https').optional(),
  LONGSPAN_TRACE_RATIO: ratioField.optional(),
  LONGSPAN_METRICS_PORT: portField.optional(),
} satisfies z.core.$ZodShape;

const commonSchema = z.object(commonConfig);
type CommonVariables = z.output<typeof commonSchema>;

export type Mode = CommonVariables['LONGSPAN_MODE'];
export type LogLevel = CommonVariables['LONGSPAN_LOG_LEVEL'];

/** Where NATS is, as `connectNats` takes it, but for the connection's name. */
export interface NatsConfig {
  readonly servers: readonly string[];
  readonly user?: string;
  readonly password?: string;
  /** Path of a NATS credentials file. */
  readonly credentials?: string;
  /** What the service's inboxes begin with; `deploy/nats/accounts.conf` lets it have no others. */
  readonly inboxPrefix: string;
}

/** How the streams are made, as `openBroker` takes it. */
export interface TopologyConfig {
  readonly shards: number;
  readonly replicas: number;
  readonly eventsPerUser: number;
  readonly retentionMs: number;
  readonly duplicateWindowMs: number;
}

/** What a service tells about itself, and where (docs/telemetry.md). */
export interface TelemetryConfig {
  /** The base URL of an OTLP collector; undefined: no spans are made. */
  readonly otlpEndpoint: string | undefined;
  /** The part of traces that begin here and are kept, from 0 to 1. */
  readonly traceRatio: number;
  /** The port of the Prometheus endpoint; undefined: nothing listens. */
  readonly metricsPort: number | undefined;
}

export interface CommonConfig {
  readonly mode: Mode;
  /** The process's name in logs, in NATS and in `welcome.edge`. */
  readonly name: string;
  readonly logLevel: LogLevel;
  readonly nats: NatsConfig;
  /** Only in development, where whoever comes first makes the streams; else `services/topology` does. */
  readonly topology: TopologyConfig | undefined;
  readonly telemetry: TelemetryConfig;
}

/**
 * What the common variables mean, for use in a schema's `transform`.
 * @param service begins the name of a process that was given none: `edge-3f9a01`.
 */
export function commonOf(env: CommonVariables, service: string): CommonConfig {
  return {
    mode: env.LONGSPAN_MODE,
    name: env.LONGSPAN_NAME ?? `${service}-${randomBytes(3).toString('hex')}`,
    logLevel: env.LONGSPAN_LOG_LEVEL,
    nats: {
      servers: env.LONGSPAN_NATS_URL,
      inboxPrefix: `_INBOX_${service}`,
      ...(env.LONGSPAN_NATS_USER === undefined ? {} : { user: env.LONGSPAN_NATS_USER }),
      ...(env.LONGSPAN_NATS_PASSWORD === undefined ? {} : { password: env.LONGSPAN_NATS_PASSWORD }),
      ...(env.LONGSPAN_NATS_CREDS === undefined ? {} : { credentials: env.LONGSPAN_NATS_CREDS }),
    },
    topology: env.LONGSPAN_MODE === 'development' ? topologyOf(env) : undefined,
    telemetry: {
      otlpEndpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
      traceRatio: env.LONGSPAN_TRACE_RATIO ?? (env.LONGSPAN_MODE === 'production' ? TRACE_RATIO : 1),
      metricsPort: env.LONGSPAN_METRICS_PORT,
    },
  };
}

/** How the streams are to be, by the common variables. */
export function topologyOf(env: CommonVariables): TopologyConfig {
  return {
    shards: env.LONGSPAN_SHARDS,
    replicas: env.LONGSPAN_REPLICAS ?? (env.LONGSPAN_MODE === 'production' ? 3 : 1),
    eventsPerUser: env.LONGSPAN_EVENTS_PER_USER,
    retentionMs: env.LONGSPAN_RETENTION_HOURS * HOUR_MS,
    duplicateWindowMs: env.LONGSPAN_DUPLICATE_WINDOW_MS,
  };
}
