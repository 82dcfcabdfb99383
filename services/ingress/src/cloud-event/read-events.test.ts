import { EVENT_BYTES_MAX } from '@longspan/broker';
import { expect, test } from 'vitest';
import { Problem } from '../http/problems.ts';
import { readEvents } from './read-events.ts';

const EVENT = { specversion: '1.0', id: '1', source: '/a', type: 't' } as const;
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

type Headers = Readonly<Record<string, string | readonly string[]>>;

function read(headers: Headers, body: string | Uint8Array) {
  const distinct = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat()]));
  const joined = Object.fromEntries(
    Object.entries(distinct).map(([name, values]) => [name, values.join(', ')]),
  );
  return readEvents({ headers: joined, headersDistinct: distinct }, Buffer.from(body));
}

/** The code and the detail that a request is refused with. */
function refusal(headers: Headers, body: unknown): string {
  try {
    read(headers, typeof body === 'string' ? body : JSON.stringify(body));
  } catch (error) {
    if (error instanceof Problem) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'accepted';
}

const structured = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };
const batch = { 'content-type': 'application/cloudevents-batch+json' };
const plain = { 'content-type': 'application/json' };
const binary = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/a', 'ce-type': 't' };

test('a structured event comes out as it came in, extensions included', () => {
  // Goal: nothing is added or lost. Method: an event with every kind of attribute.
  const event = {
    ...EVENT,
    time: '2026-01-31T23:59:60.123456789+02:00',
    subject: 's',
    datacontenttype: 'application/json',
    dataschema: 'urn:x',
    threadid: 'th',
    runid: 'r',
    attempt: 2,
    traceparent: TRACE,
    tenant: 'x',
    urgent: true,
    weight: -5,
    data: { nested: [1, null, 'é'] },
  };
  expect(read(structured, JSON.stringify(event))).toEqual([event]);
});

test('attributes that are null count as absent, data that is null is data', () => {
  // Goal: the JSON format's rule. Method: both in one event.
  expect(read(structured, JSON.stringify({ ...EVENT, subject: null, data: null }))).toEqual([
    { ...EVENT, data: null },
  ]);
});

test('a batch comes out in its order, an empty one is empty', () => {
  // Goal: receipts can be matched by index. Method: two events, the same id twice among them, and none.
  const second = { ...EVENT, id: '2' };
  expect(read(batch, JSON.stringify([second, EVENT, second]))).toEqual([second, EVENT, second]);
  expect(read(batch, '[]')).toEqual([]);
});

test('a plain body is completed with id, source and time', () => {
  // Goal: `{ type, data }` is enough. Method: the smallest and the fullest body.
  const [smallest] = read(plain, '{"type":"t","data":{"n":1}}');
  expect(smallest).toEqual({
    specversion: '1.0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    source: '/longspan/ingress',
    type: 't',
    time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    data: { n: 1 },
  });
  const full = {
    type: 't',
    data: 1,
    id: 'i',
    source: '/s',
    time: '2026-01-01T00:00:00Z',
    threadid: 'th',
    runid: 'r',
  };
  expect(read(plain, JSON.stringify(full))).toEqual([{ specversion: '1.0', ...full }]);
});

test('binary mode reads attributes from headers, percent-encoded and quoted ones too', () => {
  // Goal: the HTTP binding's rules. Method: an event with JSON data and awkward headers.
  const headers = {
    ...binary,
    'ce-subject': 'Euro%20%E2%82%AC%20%F0%9F%98%80',
    'ce-tenant': '"a \\"b\\""',
    'ce-attempt': '2',
  };
  expect(read({ ...headers, 'content-type': 'application/json' }, '{"n":1}')).toEqual([
    {
      ...EVENT,
      subject: 'Euro € 😀',
      tenant: 'a "b"',
      attempt: 2,
      datacontenttype: 'application/json',
      data: { n: 1 },
    },
  ]);
});

test.each([
  ['text/plain', 'grüße', { data: 'grüße' }],
  ['application/vnd.x+json', '[1]', { data: [1] }],
  ['image/png', '\u0001\u0002', { data_base64: 'AQI=' }],
  ['text/plain; charset=iso-8859-1', 'abc', { data_base64: 'YWJj' }],
])('in binary mode a body of %s becomes what JSON can hold of it', (type, body, data) => {
  // Goal: no byte is lost. Method: one body of each kind.
  expect(read({ ...binary, 'content-type': type }, body)).toEqual([
    { ...EVENT, datacontenttype: type, ...data },
  ]);
});

test('binary mode without a body is an event without data', () => {
  // Goal: no made-up data. Method: headers only.
  expect(read(binary, '')).toEqual([EVENT]);
});

test('text that is not UTF-8 goes as base64', () => {
  // Goal: no replacement characters. Method: a lone continuation byte.
  const [event] = read({ ...binary, 'content-type': 'text/plain' }, Uint8Array.of(0xff));
  expect(event).toMatchObject({ data_base64: '/w==' });
});

test('numbers keep every digit', () => {
  // Goal: data goes through untouched although it passes JSON.parse. Method: numbers that a double cannot hold.
  const numbers = '[12345678901234567890,0.12345678901234567890,1e400,-0.1,1.5e3]';
  const [event] = read(
    structured,
    `{"specversion":"1.0","id":"1","source":"/a","type":"t","data":${numbers}}`,
  );
  expect(JSON.stringify(event?.data)).toBe('[12345678901234567890,0.12345678901234567890,1e400,-0.1,1500]');
});

test.each([
  ['not JSON', structured, '{', 'malformed_json The body is not well-formed JSON.'],
  ['an empty body', structured, '', 'malformed_json The body is not well-formed JSON.'],
  [
    'an array where one event is expected',
    structured,
    [EVENT],
    'invalid_event body: expected a JSON object.',
  ],
  [
    'one event where a batch is expected',
    batch,
    EVENT,
    'invalid_event body: expected a JSON array of events.',
  ],
  [
    'another version',
    structured,
    { ...EVENT, specversion: '0.3' },
    'invalid_event body: specversion: expected "1.0".',
  ],
  [
    'no id',
    structured,
    { ...EVENT, id: undefined },
    'invalid_event body: id: expected text that is not empty and has no control characters.',
  ],
  [
    'an id with a control character, in a batch',
    batch,
    [EVENT, { ...EVENT, id: 'a\nb' }],
    'invalid_event event 1: id: expected text that is not empty and has no control characters.',
  ],
  [
    'a source that is no URI reference',
    structured,
    { ...EVENT, source: 'my agent' },
    'invalid_event body: source: expected a URI reference such as /agents/weather.',
  ],
  [
    'a day that does not exist',
    structured,
    { ...EVENT, time: '2026-02-30T00:00:00Z' },
    'invalid_event body: time: expected an RFC 3339 time such as 2026-01-31T12:00:00Z.',
  ],
  [
    'an attribute name with a capital',
    structured,
    { ...EVENT, threadId: 'x' },
    'invalid_event body: attribute names are 1 to 20 characters of [a-z0-9].',
  ],
  [
    '__proto__ as an attribute',
    structured,
    '{"specversion":"1.0","id":"1","source":"/a","type":"t","__proto__":{}}',
    'invalid_event body: attribute names are 1 to 20 characters of [a-z0-9].',
  ],
  [
    'an object as an extension',
    structured,
    { ...EVENT, tenant: {} },
    'invalid_event body: tenant: expected text without control characters, a boolean or a 32-bit integer.',
  ],
  [
    'an integer of more than 32 bits as an extension',
    structured,
    { ...EVENT, tenant: 2 ** 31 },
    'invalid_event body: tenant: expected text without control characters, a boolean or a 32-bit integer.',
  ],
  [
    'both data and data_base64',
    structured,
    { ...EVENT, data: 1, data_base64: 'AQI=' },
    'invalid_event body: data_base64: expected either data or data_base64.',
  ],
  [
    'data_base64 that is not',
    structured,
    { ...EVENT, data_base64: 'A' },
    'invalid_event body: data_base64: expected base64.',
  ],
  [
    'an attempt that is no number',
    structured,
    { ...EVENT, attempt: 'two' },
    'invalid_event body: attempt: expected a whole number from 1 on.',
  ],
  [
    'a bad traceparent',
    structured,
    { ...EVENT, traceparent: 'x' },
    'invalid_event body: traceparent: expected a W3C traceparent.',
  ],
  [
    'an unknown field in a plain body',
    plain,
    { type: 't', dta: 1 },
    'invalid_event body: Unrecognized key: "dta".',
  ],
  [
    'data nested too deeply',
    plain,
    `{"type":"t","data":${'['.repeat(5000)}${']'.repeat(5000)}}`,
    'invalid_event The JSON is nested more than 100 deep.',
  ],
  [
    'a batch that is too long',
    batch,
    Array.from({ length: 1001 }, () => EVENT),
    'batch_too_long A batch has at most 1000 events; this one has 1001.',
  ],
  [
    'a binary-mode header that is there twice',
    { ...binary, 'ce-id': ['1', '2'] },
    '',
    'invalid_event ce-id: no such attribute, or it is there twice.',
  ],
  [
    'the content type as a ce- header',
    { ...binary, 'ce-datacontenttype': 'text/plain' },
    '',
    'invalid_event ce-datacontenttype: no such attribute, or it is there twice.',
  ],
  [
    'raw bytes in a header',
    { ...binary, 'ce-subject': 'gr\u00fc\u00dfe' },
    '',
    'invalid_event ce-subject: expected ASCII, anything else percent-encoded UTF-8.',
  ],
  [
    'percent-encoding that is not UTF-8',
    { ...binary, 'ce-subject': '%FF' },
    '',
    'invalid_event ce-subject: expected ASCII, anything else percent-encoded UTF-8.',
  ],
  [
    'binary mode without a type',
    { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/a' },
    '',
    'invalid_event headers: type: expected text that is not empty and has no control characters.',
  ],
] satisfies [string, Headers, unknown, string][])('%s is refused', (_, headers, body, expected) => {
  // Goal: bad input never reaches the log, and its publisher is told what is wrong, without its content.
  // Method: one request each; the code and the detail are compared.
  expect(refusal(headers, body)).toBe(expected);
});

test.each([
  ['an unknown type', { 'content-type': 'application/xml' }],
  ['no type', {}],
  ['another CloudEvents format', { ...binary, 'content-type': 'application/cloudevents+avro' }],
  ['another charset', { 'content-type': 'application/json; charset=utf-16' }],
  ['a content encoding', { ...plain, 'content-encoding': 'gzip' }],
] satisfies [string, Headers][])('%s is refused as a media type', (_, headers) => {
  // Goal: 415 for what is not understood. Method: one request each.
  expect(refusal(headers, '{"type":"t"}')).toMatch(/^unsupported_media_type /);
});

test('an event may be as large as the limit and not a byte larger', () => {
  // Goal: the limit counts the event's JSON. Method: two events around it.
  const size = (chars: number) => JSON.stringify({ ...EVENT, data: 'x'.repeat(chars) });
  const room = EVENT_BYTES_MAX - size(0).length;
  expect(read(structured, size(room))).toHaveLength(1);
  expect(refusal(structured, size(room + 1))).toBe(
    'event_too_big Event 0 has 262145 bytes as JSON; 262144 are taken.',
  );
});

test('bytes that are not UTF-8 are not JSON', () => {
  // Goal: no replacement characters in the log. Method: a bad byte inside a string.
  const body = Buffer.concat([Buffer.from('{"type":"'), Buffer.of(0xff), Buffer.from('"}')]);
  expect(() => read(plain, body)).toThrow('The body is not UTF-8.');
});
