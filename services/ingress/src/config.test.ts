import { ConfigError, readConfig, type Environment } from '@longspan/telemetry';
import { expect, test } from 'vitest';
import { ingressConfig } from './config.ts';

const SECRET = 'a secret of the tests, used nowhere else';
const DEVELOPMENT = { LONGSPAN_MODE: 'development', LONGSPAN_JWT_SECRET: SECRET };

function complaint(env: Environment): string {
  try {
    readConfig(ingressConfig, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'accepted';
}

test('development needs nothing but the edges’ secret', () => {
  // Goal: the documented defaults. Method: read the smallest environment.
  expect(readConfig(ingressConfig, DEVELOPMENT)).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    publishTokens: ['dev-publish-token'],
    origins: undefined,
    operationsTokens: undefined,
    drainMs: 0,
    limits: { publishBudgetMs: 15_000 },
    development: { edgeUrls: ['http://127.0.0.1:8081', 'http://127.0.0.1:8082'], jwtSecret: SECRET },
  });
});

test('production has no development tools and listens everywhere', () => {
  // Goal: no open door by default. Method: read the smallest production environment.
  const config = readConfig(ingressConfig, {
    LONGSPAN_PUBLISH_TOKENS: 'a-publisher-token, another-publisher-token',
  });
  expect(config).toMatchObject({ host: '0.0.0.0', origins: [], drainMs: 5_000, development: undefined });
  expect(config.publishTokens).toEqual(['a-publisher-token', 'another-publisher-token']);
});

test.each([
  [{}, 'LONGSPAN_PUBLISH_TOKENS is not set; expected the bearer tokens of publishers, separated by commas'],
  [
    { LONGSPAN_PUBLISH_TOKENS: 'short' },
    'LONGSPAN_PUBLISH_TOKENS is a secret of 5 characters; expected bearer tokens of at least 16 characters, separated by commas',
  ],
  [
    { LONGSPAN_MODE: 'development' },
    'LONGSPAN_JWT_SECRET is not set; expected the secret of the edges, with which /dev/token signs in development mode',
  ],
  [
    { ...DEVELOPMENT, LONGSPAN_OPERATIONS_TOKENS: 'short' },
    'LONGSPAN_OPERATIONS_TOKENS is a secret of 5 characters; expected bearer tokens of at least 16 characters, separated by commas',
  ],
  [
    { ...DEVELOPMENT, LONGSPAN_TRACE_URL: 'http://127.0.0.1:16686/trace/' },
    'LONGSPAN_TRACE_URL is "http://127.0.0.1:16686/trace/"; expected a url with {traceId} where the id of a trace belongs',
  ],
  [
    { ...DEVELOPMENT, LONGSPAN_ORIGINS: 'https://a.example/path' },
    'LONGSPAN_ORIGINS is "https://a.example/path"; expected * or origins such as https://app.example.com, separated by commas',
  ],
] satisfies [Environment, string][])('a bad environment is one clear line: %j', (env, line) => {
  // Goal: whoever set it can mend it. Method: read it, compare the message.
  expect(complaint(env)).toBe(line);
});
