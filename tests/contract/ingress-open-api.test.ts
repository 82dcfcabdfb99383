import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createLogger, readConfig, startTelemetry, type Metrics } from '@longspan/telemetry';
import { startNats, type NatsCluster } from '@longspan/testkit';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ingressConfig } from '../../services/ingress/src/config.ts';
import { PROBLEMS } from '../../services/ingress/src/http/problems.ts';
import { startIngress, type Ingress } from '../../services/ingress/src/ingress.ts';

/*
 * The OpenAPI document against the truth: the routes that Fastify has, the table of problems, and real answers to
 * real requests, each validated by the schema that the document gives for it.
 */
const TOKEN = 'test-publish-token';
const EVENT = { specversion: '1.0', id: '1', source: '/test', type: 'noted' };

const Media = z.looseObject({
  schema: z.record(z.string(), z.unknown()),
  example: z.unknown().optional(),
  examples: z.record(z.string(), z.object({ value: z.unknown() })).optional(),
});
const Content = z.record(z.string(), Media);
const Operation = z.looseObject({
  operationId: z.string(),
  summary: z.string(),
  requestBody: z.looseObject({ content: Content }).optional(),
  responses: z.record(z.string(), z.looseObject({ description: z.string(), content: Content.optional() })),
});
const Document = z.looseObject({
  openapi: z.literal('3.1.1'),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

let nats: NatsCluster;
let telemetry: Metrics;
let ingress: Ingress;
let url: string;
let document: z.infer<typeof Document>;
const routes = new Set<string>();

beforeAll(async () => {
  nats = await startNats({ nodes: 1 });
  const watch = (message: unknown): void => {
    const { fastify } = message as { readonly fastify: FastifyInstance };
    fastify.addHook('onRoute', ({ method, url: path }) => {
      for (const name of [method].flat()) routes.add(`${name} ${path}`);
    });
  };
  subscribe('fastify.initialization', watch);
  const config = readConfig(ingressConfig, {
    LONGSPAN_MODE: 'development',
    LONGSPAN_JWT_SECRET: 'a secret of the tests, used nowhere else',
    LONGSPAN_NATS_URL: nats.urls.join(','),
    LONGSPAN_PUBLISH_TOKENS: TOKEN,
    LONGSPAN_PORT: '0',
    LONGSPAN_PUBLISH_BUDGET_MS: '500',
    LONGSPAN_BODY_BYTES_MAX: '524288',
    LONGSPAN_CONCURRENT_REQUESTS_MAX: '1',
  });
  const logger = createLogger({ name: 'ingress', level: 'silent' });
  telemetry = await startTelemetry(config, 'ingress', logger);
  ingress = await startIngress({ config, logger, status: telemetry.status });
  unsubscribe('fastify.initialization', watch);
  url = `http://127.0.0.1:${ingress.port}`;
  document = Document.parse(await (await fetch(`${url}/openapi.json`)).json());
});
afterAll(async () => {
  await ingress?.[Symbol.asyncDispose]();
  await telemetry?.[Symbol.asyncDispose]();
  await nats?.[Symbol.asyncDispose]();
});

/** A schema of the document with its references, as something that parses. */
function validator(schema: unknown): z.ZodType {
  const text = JSON.stringify({ ...(schema as object), $defs: document.components.schemas });
  return z.fromJSONSchema(
    JSON.parse(text.replaceAll('#/components/schemas/', '#/$defs/')) as Parameters<
      typeof z.fromJSONSchema
    >[0],
  );
}

function operation(method: string, path: string) {
  const found = document.paths[path]?.[method.toLowerCase()];
  if (found === undefined) throw new Error(`the document has no ${method} ${path}`);
  return found;
}

/** Holds an answer against what the document says of its operation. Returns `status code`. */
async function check(method: string, path: string, response: Response): Promise<string> {
  const described = operation(method, path).responses[String(response.status)];
  expect(described, `${method} ${path} ${response.status}`).toBeDefined();
  const text = await response.text();
  expect(described?.content === undefined, 'a body where there is one described').toBe(text === '');
  if (text === '') return String(response.status);
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  const body: unknown = JSON.parse(text);
  const media = described?.content?.[type];
  expect(media, `${method} ${path} ${response.status} ${type}`).toBeDefined();
  expect(validator(media?.schema).safeParse(body).error).toBeUndefined();
  const { code } = body as { readonly code?: string };
  return code === undefined ? String(response.status) : `${response.status} ${code}`;
}

interface Try {
  readonly operation: string;
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly expected: string;
}

function ask({ operation, as, headers, body }: Omit<Try, 'expected'>): Promise<Response> {
  const [method = '', path = ''] = operation.split(' ');
  return fetch(url + (as ?? path.replace('{user}', 'ada')), {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

const PUBLISH = 'POST /v1/users/{user}/events';
const HISTORY = 'GET /v1/users/{user}/events';
const json = { 'content-type': 'application/json' };
const batch = { 'content-type': 'application/cloudevents-batch+json' };
const large = (bytes: number) => `{"type":"t","data":"${'x'.repeat(bytes)}"}`;

test('every route is in the document, and the document has no other', () => {
  // Goal: nothing is undocumented or promised in vain. Method: Fastify's own list of routes.
  const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  // Besides: what Fastify makes of a GET, preflights, and the routes that answer 405.
  const served = [...routes]
    .map((route) => route.replace(/:(\w+)/g, '{$1}'))
    .filter((route) => !/^(?:HEAD|OPTIONS) /.test(route))
    .filter(
      (route) =>
        documented.includes(route) ||
        !documented.some((known) => known.endsWith(route.slice(route.indexOf(' ')))),
    );
  expect(served.toSorted()).toEqual(documented.toSorted());
});

test('every problem code is in the document, with an example that fits its schema', () => {
  // Goal: a client's author sees every answer. Method: collect the examples of all operations.
  const codes = new Set<string>();
  for (const operations of Object.values(document.paths)) {
    for (const { requestBody, responses } of Object.values(operations)) {
      for (const content of [
        requestBody?.content,
        ...Object.values(responses).map((response) => response.content),
      ]) {
        for (const { schema, example, examples } of Object.values(content ?? {})) {
          const values = [example, ...Object.values(examples ?? {}).map(({ value }) => value)].filter(
            (v) => v !== undefined,
          );
          for (const value of values) {
            expect(validator(schema).safeParse(value).error).toBeUndefined();
            const { code } = value as { readonly code?: string };
            if (code === undefined) continue;
            codes.add(code);
            // The validator does tell: a code of another problem does not pass.
            expect(validator(schema).safeParse({ ...(value as object), code: 'other' }).success).toBe(false);
          }
        }
      }
    }
  }
  expect([...codes].toSorted()).toEqual(Object.keys(PROBLEMS).toSorted());
});

test.each<Try>([
  { operation: PUBLISH, headers: json, body: '{"type":"t","data":1}', expected: '200' },
  { operation: PUBLISH, headers: batch, body: JSON.stringify([EVENT, EVENT]), expected: '200' },
  { operation: PUBLISH, headers: json, body: '{', expected: '400 malformed_json' },
  { operation: PUBLISH, headers: json, body: '{}', expected: '400 invalid_event' },
  { operation: PUBLISH, as: '/v1/users/%00/events', headers: json, body: '{}', expected: '400 invalid_user' },
  { operation: PUBLISH, as: '/v1/users/%FF/events', headers: json, body: '{}', expected: '400 invalid_user' },
  { operation: PUBLISH, headers: { authorization: 'none' }, expected: '401 unauthorized' },
  { operation: PUBLISH, headers: json, body: large(270_000), expected: '413 event_too_big' },
  { operation: PUBLISH, headers: json, body: large(530_000), expected: '413 body_too_big' },
  { operation: PUBLISH, headers: batch, body: `[${'0,'.repeat(1000)}0]`, expected: '413 batch_too_long' },
  {
    operation: PUBLISH,
    headers: { 'content-type': 'a/b' },
    body: '{}',
    expected: '415 unsupported_media_type',
  },
  {
    operation: PUBLISH,
    headers: { 'content-type': 'nonsense' },
    body: '{}',
    expected: '415 unsupported_media_type',
  },
  { operation: HISTORY, expected: '200' },
  { operation: HISTORY, as: '/v1/users/ada/events?after=0-9', expected: '200' },
  { operation: HISTORY, as: '/v1/users/ada/events?after=x', expected: '400 invalid_position' },
  { operation: HISTORY, as: '/v1/users/ada/events?limit=x', expected: '400 invalid_parameter' },
  { operation: HISTORY, headers: { authorization: 'none' }, expected: '401 unauthorized' },
  { operation: 'DELETE /v1/users/{user}/sessions', expected: '204' },
  {
    operation: 'DELETE /v1/users/{user}/sessions',
    as: '/v1/users/%0A/sessions',
    expected: '400 invalid_user',
  },
  { operation: 'GET /healthz', expected: '200' },
  { operation: 'GET /readyz', expected: '200' },
  { operation: 'GET /openapi.json', expected: '200' },
  { operation: 'GET /v1/operations', expected: '200' },
  { operation: 'GET /dev/config', expected: '200' },
  { operation: 'GET /dev/token', as: '/dev/token?user=ada', expected: '200' },
  { operation: 'GET /dev/token', expected: '400 invalid_parameter' },
  { operation: 'GET /dev/token', as: '/dev/token?user=%0A', expected: '400 invalid_user' },
])('$operation $as is answered $expected as described', async ({ expected, ...request }) => {
  // Goal: the document says what really comes. Method: the answer against the schema of its status and media type.
  const [method = '', path = ''] = request.operation.split(' ');
  expect(await check(method, path, await ask(request))).toBe(expected);
});

test('other methods are answered 405 with Allow, other paths 404', async () => {
  // Goal: no HTML, no plain text. Method: one wrong method for every path, and a path that is not there.
  for (const [path, operations] of Object.entries(document.paths)) {
    const response = await fetch(url + path.replace('{user}', 'ada'), { method: 'PATCH' });
    const allowed = response.headers
      .get('allow')
      ?.split(', ')
      .filter((method) => method !== 'HEAD');
    expect(allowed?.toSorted()).toEqual(
      Object.keys(operations)
        .map((name) => name.toUpperCase())
        .toSorted(),
    );
    expect(await check(Object.keys(operations)[0] ?? '', path, response)).toBe('405 method_not_allowed');
  }
  const nowhere = await fetch(`${url}/nowhere?access_token=secret`);
  expect([nowhere.status, await nowhere.json()]).toMatchObject([
    404,
    { code: 'not_found', detail: 'There is no GET /nowhere.' },
  ]);
});

test.each([
  ['nonsense', 'NONSENSE\r\n\r\n', '400', 'invalid_request'],
  [
    'headers that are too big',
    `GET /healthz HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
    '431',
    'headers_too_big',
  ],
])('%s on the socket is answered with a problem', async (_, bytes, status, code) => {
  // Goal: even what is no request gets an answer of the documented kind. Method: raw bytes.
  const socket = connect(ingress.port, '127.0.0.1').setEncoding('utf8');
  socket.on('error', () => undefined);
  socket.write(bytes);
  const [text] = (await once(socket, 'data')) as [string];
  expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(text).toContain('content-type: application/problem+json');
  const response = new Response(text.slice(text.indexOf('\r\n\r\n') + 4), {
    status: Number(status),
    headers: { 'content-type': 'application/problem+json' },
  });
  expect(await check('GET', '/healthz', response)).toBe(`${status} ${code}`);
  socket.destroy();
});

test('one request too many is answered overloaded, and the next is served when there is room', async () => {
  // Goal: a bounded number in work. Method: a limit of one, and a request whose body does not come.
  const socket = connect(ingress.port, '127.0.0.1');
  const head = `POST /v1/users/ada/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${TOKEN}\r\ncontent-type: application/json\r\n`;
  socket.write(`${head}content-length: 9\r\nexpect: 100-continue\r\n\r\n`);
  await once(socket, 'data');
  const refused = await ask({ operation: HISTORY });
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(await check('GET', '/v1/users/{user}/events', refused)).toBe('503 overloaded');
  socket.destroy();
  await expect.poll(async () => (await ask({ operation: HISTORY })).status).toBe(200);
});

test('without NATS the answers are as described, too', async () => {
  // Goal: 503 is documented where it happens. Method: end the only server; last in this file.
  await nats.stop(0);
  const read = async (operation: string, request: Partial<Try> = {}) => {
    const [method = '', path = ''] = operation.split(' ');
    return check(method, path, await ask({ operation, ...request }));
  };
  await expect.poll(() => read('GET /readyz')).toBe('503 not_ready');
  expect(await read(PUBLISH, { headers: json, body: '{"type":"t"}' })).toMatch(
    /^503 (?:no_quorum|log_unavailable)$/,
  );
  expect(await read(HISTORY)).toBe('503 log_unavailable');
});
