import { isSpanContextValid, trace } from '@opentelemetry/api';
import { pino, type DestinationStream, type Logger } from 'pino';
import type { LogLevel } from './common-config.ts';

export type { Logger } from 'pino';

/**
 * Fields that may hold a token or what an event carries. They are blotted out at the top and one level down; whoever
 * logs puts ids, positions, counts and codes into a line, and nothing else.
 */
const PRIVATE = 'token access_token authorization secret password cookie data data_base64 payload body event';
const REDACTED = PRIVATE.split(' ').flatMap((field) => [field, `*.${field}`, `*.headers.${field}`]);

const URL_SECRET = /([?&](?:access_token|token)=)[^&#\s"']*/g;

export interface LoggerOptions {
  /** The process's name, in every line. */
  readonly name: string;
  readonly level: LogLevel;
  /** Standard output by default. */
  readonly destination?: DestinationStream;
}

/**
 * The log of a service: one JSON line an event on standard output. Messages are event names, everything else is a
 * field: `logger.info({ host, port }, 'ingress.ready')`. Within a span, a line says which.
 */
export function createLogger(options: LoggerOptions): Logger {
  return pino(
    {
      level: options.level,
      base: { name: options.name, pid: process.pid },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (level) => ({ level }) },
      mixin: whereInTrace,
      redact: { paths: REDACTED, censor: '[redacted]' },
      serializers: { err: describeError, url: withoutSecrets },
    },
    options.destination ?? pino.destination({ fd: 1, sync: true }),
  );
}

function whereInTrace(): object {
  const span = trace.getActiveSpan()?.spanContext();
  return span !== undefined && isSpanContextValid(span)
    ? { trace_id: span.traceId, span_id: span.spanId }
    : {};
}

/** What a log line says of an error, its causes included; other properties of an error may hold anything. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return withoutSecrets(String(error));
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    type: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    message: withoutSecrets(error.message),
    stack: error.stack === undefined ? undefined : withoutSecrets(error.stack),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

function withoutSecrets(url: unknown): unknown {
  return typeof url === 'string' ? url.replace(URL_SECRET, '$1[redacted]') : url;
}
