import { expect, test } from 'vitest';
import { readAnswer } from './answer.ts';

const error = (code: number, errCode: number) =>
  JSON.stringify({ error: { code, err_code: errCode, description: 'why' }, stream: 'S', seq: 0 });

test('every answer of JetStream is read for what a publisher has to do about it', () => {
  // Goal: nothing that can still succeed is given up, and nothing that cannot is tried for ever.
  // Method: the replies as nats-server 2.15.1 writes them.
  const why = (errCode: number) => `why (${errCode})`;
  expect(readAnswer('{"stream":"S","seq":3,"batch":"B","count":3}', undefined)).toEqual({
    kind: 'committed',
    seq: 3,
  });
  expect(readAnswer('{"stream":"S","seq":2,"duplicate": true}', undefined)).toEqual({
    kind: 'duplicate',
    seq: 2,
  });
  expect(readAnswer(error(400, 10201), undefined)).toEqual({ kind: 'holds_duplicates' });
  expect(readAnswer(error(400, 10176), undefined)).toEqual({ kind: 'incomplete' });
  expect(readAnswer(error(503, 10008), undefined)).toEqual({
    kind: 'busy',
    why: why(10008),
    mayBeStored: true,
  });
  expect(readAnswer('', undefined)).toEqual({ kind: 'staged' });
  expect(readAnswer(error(500, 10111), undefined)).toEqual({ kind: 'absent' });
  expect(readAnswer(error(400, 10054), undefined)).toEqual({
    kind: 'refused',
    code: 'too_big',
    why: why(10054),
  });
  expect(readAnswer(error(400, 10060), undefined)).toEqual({
    kind: 'refused',
    code: 'misconfigured',
    why: why(10060),
  });
  expect(readAnswer(error(400, 10174), undefined)).toEqual({
    kind: 'refused',
    code: 'misconfigured',
    why: why(10174),
  });
  expect(readAnswer(error(400, 10071), undefined)).toEqual({
    kind: 'refused',
    code: 'refused',
    why: why(10071),
  });
  for (const [code, errCode] of [
    [409, 10158],
    [429, 10167],
    [429, 10210],
    [408, 1],
  ] as const) {
    expect(readAnswer(error(code, errCode), undefined)).toEqual({ kind: 'busy', why: why(errCode) });
  }
});

test('a status, or what is no acknowledgement at all, means that nothing is known: try again', () => {
  // Goal: no reply makes the publisher throw or believe in a commit.
  // Method: no responders; then bodies that are not acknowledgements.
  expect(readAnswer('', 503)).toEqual({ kind: 'busy', why: 'status 503' });
  for (const body of [
    'null',
    '7',
    '[]',
    '{}',
    '{"seq":0}',
    '{"seq":1.5}',
    '{"seq":"1"}',
    '{"error":1}',
    '{"error":{}}',
  ]) {
    expect(readAnswer(body, undefined).kind).toBe('busy');
  }
});
