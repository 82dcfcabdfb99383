import { ConfigError, readConfig } from '@longspan/telemetry';
import { expect, test } from 'vitest';
import { configSchema } from './config.ts';

test('without any variable the built-in agent runs at a pace for people', () => {
  // Goal: defaults; a takeover may be quick only where there are no elections.
  // Method: read two environments.
  const config = readConfig(configSchema, {});
  expect(config).toMatchObject({
    queue: 'agents',
    ackWaitMs: 20_000,
    runtime: { kind: 'builtin', paceMs: 25 },
  });
  expect(readConfig(configSchema, { LONGSPAN_MODE: 'development' }).ackWaitMs).toBe(6_000);
});

test('the language model is chosen by the environment', () => {
  // Goal: endpoint, key and model.
  // Method: read an environment that names them.
  const config = readConfig(configSchema, {
    LONGSPAN_AGENT_RUNTIME: 'openai',
    LONGSPAN_OPENAI_URL: 'http://127.0.0.1:9/v1',
    LONGSPAN_OPENAI_KEY: 'secret',
    LONGSPAN_OPENAI_MODEL: 'm',
  });
  expect(config.runtime).toMatchObject({
    kind: 'openai',
    endpoint: { url: 'http://127.0.0.1:9/v1', key: 'secret', model: 'm' },
  });
});

test.each([
  ['LONGSPAN_AGENT_RUNTIME', 'magic', 'one of builtin, openai'],
  ['LONGSPAN_AGENT_CONCURRENCY', '0', 'a whole number from 1 to 1000'],
  ['LONGSPAN_AGENT_QUEUE', 'a.b', '1 to 32 characters of [a-z0-9-]'],
  ['LONGSPAN_OPENAI_URL', 'ftp://x', 'a URL that begins with http:// or https://'],
])('a bad %s is named with its value and what is expected', (name, value, expected) => {
  // Goal: one clear line.
  // Method: examples.
  expect(() => readConfig(configSchema, { [name]: value })).toThrow(ConfigError);
  expect(() => readConfig(configSchema, { [name]: value })).toThrow(
    `${name} is "${value}"; expected ${expected}`,
  );
});
