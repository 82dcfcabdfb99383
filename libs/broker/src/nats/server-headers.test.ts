import type { Msg } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { serverHeaders } from './server-headers.ts';

/** A message as the client library has it: the payload is a part of the buffer that also holds the headers. */
function message(headers: string, payload = 'payload'): Msg & { size(): number } {
  const [subject, reply] = ['live.ev.0.ada', '_INBOX.x'];
  const received = Buffer.from(`HMSG …\r\n${headers}${payload}\r\n`);
  const start = received.indexOf(headers);
  const data = received.subarray(start + headers.length, start + headers.length + payload.length);
  const size = () => subject.length + reply.length + headers.length + payload.length;
  const unused = (): never => {
    throw new Error('decodes all headers, and throws on some');
  };
  const rest = { sid: 1, json: unused, string: unused, respond: unused, requestInfo: unused };
  return {
    subject,
    reply,
    data,
    size,
    get headers(): never {
      return unused();
    },
    ...rest,
  };
}

test('the last value of a header is read, whatever the other lines are', () => {
  // Goal: the server's word, not a publisher's, and no line of a publisher's in its way.
  // Method: a publisher's header of the same name, and lines that no library would write.
  const headers = serverHeaders(
    message(
      'NATS/1.0\r\nNats-Sequence: 7\r\nbad name: x\r\nno colon\r\n\u0000:\r\nX-Nats-Sequence: 8\r\nNats-Sequence: 41\r\n\r\n',
    ),
  );
  expect(headers?.code).toBe(0);
  expect(headers?.last('Nats-Sequence')).toBe('41');
  expect(headers?.first('Nats-Sequence')).toBe('7');
  expect(headers?.last('Sequence')).toBe('');
  expect(headers?.last('bad name')).toBe('x');
});

test('a status is told from a message', () => {
  // Goal: the ends of batches and refusals are recognised. Method: the server's own forms.
  const eob = serverHeaders(message('NATS/1.0 204 EOB\r\nNats-Num-Pending: 0\r\n\r\n', ''));
  expect(eob).toMatchObject({ code: 204, description: 'EOB' });
  expect(eob?.last('Nats-Num-Pending')).toBe('0');
  expect(serverHeaders(message('NATS/1.0 503\r\n\r\n', ''))).toMatchObject({ code: 503, description: '' });
});

test('no headers are none, and a value with a line break in it is nobody’s', () => {
  // Goal: nothing that could break a line is handed on to be written into another header.
  expect(serverHeaders(message(''))).toBeUndefined();
  expect(serverHeaders(message('NATS/1.0\r\ntraceparent: 00-\nX: y\r\n\r\n'))?.first('traceparent')).toBe('');
});
