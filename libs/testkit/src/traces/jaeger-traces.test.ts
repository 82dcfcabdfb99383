import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { JaegerTraces } from './jaeger-traces.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

/** An answer in the shape of Jaeger 2's, ids in hex, times and counts as text. */
const ANSWER = {
  result: {
    resourceSpans: [
      {
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: 'edge' } },
            { key: 'service.instance.id', value: { stringValue: 'edge-0' } },
          ],
        },
        scopeSpans: [
          {
            scope: { name: 'longspan' },
            spans: [
              {
                traceId: TRACE,
                spanId: '00f067aa0ba902b7',
                parentSpanId: '53995c3f42cd8ad8',
                name: 'deliver ev.{shard}.{user}',
                kind: 5,
                startTimeUnixNano: '1795362403546000000',
                endTimeUnixNano: '1795362403547500000',
                attributes: [
                  { key: 'longspan.replayed', value: { boolValue: false } },
                  { key: 'messaging.batch.message_count', value: { intValue: '3' } },
                ],
                links: [{ traceId: TRACE, spanId: '53995c3f42cd8ad8', attributes: [] }],
                status: {},
              },
              {
                traceId: TRACE,
                spanId: '53995c3f42cd8ad8',
                name: 'send ev.{shard}.{user}',
                kind: 'SPAN_KIND_PRODUCER',
                startTimeUnixNano: '1795362403540000000',
                endTimeUnixNano: '1795362403549000000',
                status: { code: 2 },
              },
            ],
          },
        ],
      },
    ],
  },
};

let server: Server;
let traces: JaegerTraces;
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const known = request.url?.includes(TRACE) === true || request.url?.includes('query.service_name');
    response.statusCode = known ? 200 : 404;
    response.end(JSON.stringify(known ? ANSWER : { error: { httpCode: 404 } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  traces = new JaegerTraces(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => server.close());

test('a trace is read as Jaeger tells it', async () => {
  // Goal: tests ask Jaeger as they ask the receiver of the kit. Method: a recorded answer, over HTTP.
  expect(await traces.trace(TRACE)).toEqual([
    {
      traceId: TRACE,
      spanId: '00f067aa0ba902b7',
      parentSpanId: '53995c3f42cd8ad8',
      name: 'deliver ev.{shard}.{user}',
      kind: 'CONSUMER',
      service: 'edge',
      instance: 'edge-0',
      attributes: { 'longspan.replayed': false, 'messaging.batch.message_count': 3 },
      links: [{ traceId: TRACE, spanId: '53995c3f42cd8ad8' }],
      startMs: 1795362403546,
      endMs: 1795362403547.5,
      failed: false,
    },
    expect.objectContaining({ parentSpanId: undefined, kind: 'PRODUCER', failed: true, links: [] }),
  ]);
  expect(asked.at(-1)).toBe(`/api/v3/traces/${TRACE}`);
});

test('a trace that has not arrived is undefined', async () => {
  // Goal: whoever waits for it asks again. Method: another id.
  expect(await traces.trace('0'.repeat(31) + '1')).toBeUndefined();
});

test('spans are found by their service and name', async () => {
  // Goal: what has no known trace id is found, too. Method: an answer with another span in it.
  const found = await traces.named('edge', 'deliver ev.{shard}.{user}', 0);
  expect(found.map(({ spanId }) => spanId)).toEqual(['00f067aa0ba902b7']);
  expect(asked.at(-1)).toContain('query.operation_name=deliver+ev.%7Bshard%7D.%7Buser%7D');
});
