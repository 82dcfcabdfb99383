import { assert, constantFrom, dictionary, jsonValue, oneof, property, string, uint8Array } from 'fast-check';
import { expect, test } from 'vitest';
import { Problem } from '../http/problems.ts';
import { parseJsonText } from './json-text.ts';
import { readEvents } from './read-events.ts';

test('any JSON comes out of JSON.stringify as it went in', () => {
  // Goal: data is handed on untouched. Method: generated values, through the parser and out again.
  assert(
    property(jsonValue({ stringUnit: 'binary', maxDepth: 6 }), (value) => {
      const text = JSON.stringify(value);
      expect(JSON.stringify(parseJsonText(Buffer.from(text)))).toBe(text);
    }),
  );
});

test('whatever is sent, events come out or a problem: nothing else is thrown', () => {
  // Goal: no input reaches the log unchecked or is answered as a fault of ours. Method: generated headers and bodies.
  const types = constantFrom(
    'application/json',
    'application/cloudevents+json',
    'application/cloudevents-batch+json',
    'text/plain',
    ';',
  );
  const attribute = constantFrom(
    'specversion',
    'id',
    'source',
    'type',
    'time',
    'attempt',
    'data',
    'x-y',
    'tenant',
  );
  const value = oneof(string(), constantFrom('1.0', '/a', '%', '%E4', '"'));
  const json = oneof(dictionary(attribute, oneof(jsonValue(), value)), jsonValue()).map((item) =>
    Buffer.from(JSON.stringify(item)),
  );
  assert(
    property(types, dictionary(attribute, value), oneof(json, uint8Array()), (type, attributes, body) => {
      const headers: Record<string, string> = { 'content-type': type };
      for (const [name, text] of Object.entries(attributes)) headers[`ce-${name}`] = text;
      const distinct = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, [text]]));
      try {
        for (const event of readEvents({ headers, headersDistinct: distinct }, body)) {
          expect(event).toMatchObject({ specversion: '1.0', id: expect.any(String) as string });
        }
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
      }
    }),
    { numRuns: 2_000 },
  );
});
