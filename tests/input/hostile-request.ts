import * as fc from 'fast-check';
import { hostileBytes } from './hostile.ts';
import { EVENTS } from './valid.ts';

/** A longer body may be cut off by the answer: who is refused while it still writes sees a reset. */
const ANSWERABLE_BYTES = 32_768;

/** A request as bytes, and whether it is one that HTTP allows, so that it must be answered. */
export interface HostileRequest {
  readonly service: 'edge' | 'ingress';
  readonly bytes: Uint8Array;
  readonly wellFormed: boolean;
  /** The part of it that is written first. */
  readonly firstPart: number;
}

/** Tokens that are good, so that some requests get past the door. */
export interface Tokens {
  readonly user: string;
  readonly publisher: string;
}

const METHODS = ['GET', 'POST', 'DELETE', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'TRACE', 'PROPFIND'];
const NO_METHODS = ['get', '', 'CONNECT', 'PRI', 'GET GET', '\u0000'];

const USERS = [
  'ada',
  '%2e',
  '%2A',
  '%3E',
  'a%20b',
  '%E4%BD%A0',
  '%00',
  '%',
  '%ff',
  'x'.repeat(200),
  '*',
  '..',
  '',
];
const AFTERS = ['earliest', 'latest', 'e-0', 'dn1m-17', 'e-9007199254740993', '-1', '%00', '', 'a&after=b'];
const LIMITS = ['1', '1000', '1001', '0', '-1', '1e3', 'NaN', '', '99999999999999999999'];
const PLACES = [
  '/',
  '//',
  '///x',
  '/v1',
  '/v1/ws/',
  '/v1/wsx',
  '/%00',
  '/..%2f..',
  '/?',
  '/#',
  '*',
  '?',
  'http://[',
  'http://a/b',
  'ws://a:99999/',
  '/\\',
  `/${'x'.repeat(20_000)}`,
];

function target(service: HostileRequest['service'], { user }: Tokens): fc.Arbitrary<string> {
  const after = fc.oneof(fc.constantFrom(...AFTERS), fc.webQueryParameters());
  const places = fc.constantFrom(...PLACES);
  const paths =
    service === 'edge'
      ? [
          fc.constantFrom('/healthz', '/readyz', '/v1/ws', '/v1/events'),
          after.map((text) => `/v1/events?after=${text}`),
          after.map((text) => `/v1/events?access_token=${user}&after=${text}`),
          fc.constant(`/v1/ws?access_token=${user}`),
        ]
      : [
          fc.constantFrom(
            '/healthz',
            '/readyz',
            '/openapi.json',
            '/dev/config',
            '/v1/users',
            '/v1/users//events',
          ),
          fc.constantFrom(...USERS).map((name) => `/v1/users/${name}/events`),
          fc.constantFrom(...USERS).map((name) => `/v1/users/${name}/sessions`),
          fc.constantFrom(...USERS).map((name) => `/dev/token?user=${name}`),
          fc
            .tuple(fc.constantFrom(...USERS), after, fc.constantFrom(...LIMITS))
            .map(([name, text, limit]) => `/v1/users/${name}/events?after=${text}&limit=${limit}`),
          fc.webQueryParameters().map((query) => `/v1/users/ada/events?${query}`),
        ];
  return fc.oneof(
    ...paths,
    places,
    fc.webPath().map((path) => (path.startsWith('/') ? path : `/${path}`)),
  );
}

function headers(service: HostileRequest['service'], tokens: Tokens): fc.Arbitrary<readonly string[]> {
  const own = service === 'edge' ? tokens.user : tokens.publisher;
  const value = fc.oneof(
    fc.constantFrom('', ' ', '1', '-1', '*', 'x'.repeat(300), '\u00e9', 'a, b', '"', 'chunked', 'close'),
    fc.string({ unit: 'binary-ascii', maxLength: 30 }).map((text) => text.replaceAll(/[\r\n\0]/g, '?')),
  );
  const line = fc.oneof(
    { weight: 6, arbitrary: fc.constant(`authorization: Bearer ${own}`) },
    {
      weight: 8,
      arbitrary: fc.constantFrom(
        'upgrade: websocket',
        'connection: upgrade',
        'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-version: 13',
        'sec-websocket-protocol: longspan.v1',
        'sec-websocket-extensions: permessage-deflate; client_max_window_bits=99',
        'sec-websocket-extensions: ;;,',
        'sec-websocket-version: 8',
        'upgrade: h2c',
        'content-type: application/json',
        'content-type: application/cloudevents+json',
        'content-type: application/cloudevents-batch+json',
        'content-encoding: gzip',
        'ce-specversion: 1.0',
        'ce-id: 1',
        'ce-source: /fuzz',
        'ce-type: note',
        'origin: https://evil.example.com',
        'origin: null',
        'expect: 100-continue',
        'expect: 200-ok',
        'last-event-id: e-0',
        'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      ),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(
          fc.constantFrom(
            'authorization',
            'origin',
            'last-event-id',
            'content-type',
            'ce-id',
            'ce-__proto__',
            'cookie',
            'accept-encoding',
            '__proto__',
            'sec-websocket-key',
            'access-control-request-method',
            'x-forwarded-for',
          ),
          value,
        )
        .map(([name, text]) => `${name}: ${text}`),
    },
  );
  return fc.array(line, { maxLength: 8 });
}

const BREAKS = [
  'content-length: 5',
  'content-length: -1',
  'content-length: 99999999999',
  'transfer-encoding: chunked',
  'transfer-encoding: gzip, chunked',
  'no colon',
  ': no name',
  'a\u0000: b',
  `x: ${'y'.repeat(20_000)}`,
];

/** Requests from well formed to garbage. */
export function hostileRequest(tokens: Tokens): fc.Arbitrary<HostileRequest> {
  return fc.constantFrom('edge' as const, 'ingress' as const).chain((service) =>
    fc
      .record({
        method: fc.constantFrom(...METHODS),
        target: target(service, tokens),
        headers: headers(service, tokens),
        body: fc.option(hostileBytes(EVENTS), { nil: Buffer.alloc(0) }),
        damage: fc.option(
          fc.record({
            method: fc.option(fc.constantFrom(...NO_METHODS)),
            version: fc.constantFrom('HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'RTSP/1.0', ''),
            header: fc.option(fc.constantFrom(...BREAKS)),
            host: fc.boolean(),
            at: fc.double({ min: 0, max: 1, noNaN: true }),
            how: fc.constantFrom('none', 'flip', 'truncate', 'garbage', 'twice'),
            garbage: fc.uint8Array({ minLength: 1, maxLength: 200 }),
          }),
          { freq: 2 },
        ),
        firstPart: fc.double({ min: 0, max: 1, noNaN: true }),
      })
      .map(({ method, target, headers, body, damage, firstPart }) => {
        const lines = [
          `${damage?.method ?? method} ${target} ${damage?.version ?? 'HTTP/1.1'}`,
          ...(damage?.host === false ? [] : ['host: 127.0.0.1']),
          ...headers,
          ...(damage?.header ? [damage.header] : body.length > 0 ? [`content-length: ${body.length}`] : []),
        ];
        const whole = Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
        const bytes = damage ? damaged(whole, damage) : whole;
        return { service, bytes, wellFormed: damage === null && body.length <= ANSWERABLE_BYTES, firstPart };
      }),
  );
}

function damaged(
  bytes: Buffer,
  { how, at, garbage }: { readonly how: string; readonly at: number; readonly garbage: Uint8Array },
): Uint8Array {
  const index = Math.floor(at * bytes.length);
  const [before, after] = [bytes.subarray(0, index), bytes.subarray(index)];
  switch (how) {
    case 'flip':
      return Buffer.concat([before, garbage.subarray(0, 1), after.subarray(1)]);
    case 'truncate':
      return before;
    case 'garbage':
      return Buffer.concat([before, garbage, after]);
    case 'twice':
      return Buffer.concat([bytes, bytes]);
    default:
      return bytes;
  }
}
