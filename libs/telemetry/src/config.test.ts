import { expect, test } from 'vitest';
import { z } from 'zod';
import { commonConfig, commonOf, topologyOf } from './common-config.ts';
import { ConfigError, readConfig, type Environment } from './config.ts';
import { listField, portField, secretField, urlField } from './fields.ts';

const schema = z
  .object({
    ...commonConfig,
    LONGSPAN_PORT: portField.default(8081),
    LONGSPAN_JWT_SECRET: secretField(32).optional(),
    LONGSPAN_EDGE_URLS: listField(urlField('http', 'https'), 'http urls').optional(),
  })
  .transform((env) => ({ ...commonOf(env, 'edge'), port: env.LONGSPAN_PORT, streams: topologyOf(env) }));

function complaint(env: Environment): string {
  try {
    readConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'accepted';
}

test('an empty environment gives the documented defaults', () => {
  // Goal: nothing has to be set to run. Method: read an environment with an empty and an unrelated variable.
  const config = readConfig(schema, { LONGSPAN_PORT: '', HOME: '/root' });
  expect(config).toMatchObject({
    mode: 'production',
    logLevel: 'info',
    nats: { servers: ['nats://127.0.0.1:4222'], inboxPrefix: '_INBOX_edge' },
    streams: {
      shards: 1,
      replicas: 3,
      eventsPerUser: 1000,
      retentionMs: 86_400_000,
      duplicateWindowMs: 120_000,
    },
    telemetry: { otlpEndpoint: undefined, traceRatio: 0.01, metricsPort: undefined },
    port: 8081,
  });
  expect(config.name).toMatch(/^edge-[0-9a-f]{6}$/);
});

test('development makes one replica unless told otherwise', () => {
  // Goal: a single server is enough in development. Method: read both.
  expect(readConfig(schema, { LONGSPAN_MODE: 'development' }).streams.replicas).toBe(1);
  expect(readConfig(schema, { LONGSPAN_MODE: 'development', LONGSPAN_REPLICAS: '3' }).streams.replicas).toBe(
    3,
  );
});

test('in development every trace is kept unless told otherwise', () => {
  // Goal: whoever tries the system sees each event's trace. Method: read both.
  expect(readConfig(schema, { LONGSPAN_MODE: 'development' }).telemetry.traceRatio).toBe(1);
  const told = { LONGSPAN_MODE: 'development', LONGSPAN_TRACE_RATIO: '0.5' };
  expect(readConfig(schema, told).telemetry.traceRatio).toBe(0.5);
});

test('only in development does a service know how to make streams', () => {
  // Goal: with least privilege nobody but the topology job may. Method: read both modes.
  expect(readConfig(schema, { LONGSPAN_MODE: 'development', LONGSPAN_SHARDS: '4' }).topology?.shards).toBe(4);
  expect(readConfig(schema, { LONGSPAN_SHARDS: '4' }).topology).toBeUndefined();
});

test('a list of urls is split at commas', () => {
  // Goal: a cluster is named by its urls. Method: read two with blanks.
  const { nats } = readConfig(schema, { LONGSPAN_NATS_URL: 'nats://a:4222, tls://b:4222' });
  expect(nats.servers).toEqual(['nats://a:4222', 'tls://b:4222']);
});

test.each([
  [{ LONGSPAN_PORT: 'eighty' }, 'LONGSPAN_PORT is "eighty"; expected a port number from 0 to 65535'],
  [{ LONGSPAN_PORT: '70000' }, 'LONGSPAN_PORT is "70000"; expected a port number from 0 to 65535'],
  [{ LONGSPAN_MODE: 'test' }, 'LONGSPAN_MODE is "test"; expected one of development, production'],
  [{ LONGSPAN_NAME: 'Edge 1' }, 'LONGSPAN_NAME is "Edge 1"; expected 1 to 32 characters of [a-z0-9-]'],
  [{ LONGSPAN_TRACE_RATIO: '1.1' }, 'LONGSPAN_TRACE_RATIO is "1.1"; expected a number from 0 to 1'],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'jaeger:4318' },
    'OTEL_EXPORTER_OTLP_ENDPOINT is "jaeger:4318"; expected a URL that begins with http:// or https://',
  ],
  [{ LONGSPAN_REPLICAS: '2' }, 'LONGSPAN_REPLICAS is "2"; expected one of 1, 3, 5'],
  [
    { LONGSPAN_JWT_SECRET: 'hunter2' },
    'LONGSPAN_JWT_SECRET is a secret of 7 characters; expected at least 32 characters',
  ],
  [{ LONGSPAN_EDGE_URLS: 'http://u:pw@h,x' }, 'LONGSPAN_EDGE_URLS is "http://***@h,x"; expected http urls'],
  [
    { LONGSPAN_PORT: '-1', LONGSPAN_SHARDS: '0' },
    'LONGSPAN_SHARDS is "0"; expected a whole number from 1 to 256; LONGSPAN_PORT is "-1"; expected a port number from 0 to 65535',
  ],
] satisfies [Environment, string][])(
  'a bad value is one line with name, value and expectation: %j',
  (env, line) => {
    // Goal: whoever set it can mend it, and no secret is shown. Method: read bad environments, compare the message.
    expect(complaint(env)).toBe(line);
  },
);

test('a required variable that is missing is named', () => {
  // Goal: the message says which one. Method: a schema without a default.
  const strict = z.object({ LONGSPAN_NEEDED: z.string({ error: 'a word' }) });
  expect(() => readConfig(strict, {})).toThrow('LONGSPAN_NEEDED is not set; expected a word');
});
