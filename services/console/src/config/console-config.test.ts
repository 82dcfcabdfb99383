import { expect, test } from 'vitest';
import { parseConfig } from './console-config.ts';

test('the ingress names the edges and the token of a publisher', () => {
  expect(parseConfig({ edges: ['http://127.0.0.1:8081'], mode: 'development', publishToken: 'x' })).toEqual({
    edges: ['http://127.0.0.1:8081'],
    publishToken: 'x',
  });
});

test('the ingress says where traces are, if anybody shows them', () => {
  const traceUrl = 'http://127.0.0.1:16686/trace/{traceId}';
  expect(parseConfig({ edges: ['http://127.0.0.1:8081'], traceUrl })).toMatchObject({ traceUrl });
  expect(parseConfig({ edges: ['http://127.0.0.1:8081'] })).toMatchObject({ traceUrl: undefined });
});

test('what is no configuration is not taken for one', () => {
  for (const value of [null, 'x', {}, { edges: [] }, { edges: ['nowhere'] }, { edges: [7] }]) {
    expect(parseConfig(value)).toBeUndefined();
  }
});
