import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { formatLogLine, parseLogLine } from './log-line.ts';

const now = new Date('2026-01-02T03:04:05Z');
const format = (text: string): string =>
  stripVTControlCharacters(formatLogLine('edge-1', parseLogLine(text, now), (label) => label)).slice(9);

test('a log record becomes one line with its event and fields', () => {
  // Goal: readable in a terminal. Method: a record as pino writes it.
  const record = {
    level: 30,
    time: now.getTime(),
    pid: 1,
    hostname: 'h',
    msg: 'edge.ready',
    host: '127.0.0.1',
    port: 8081,
  };
  expect(format(JSON.stringify(record))).toBe('edge-1   edge.ready host=127.0.0.1 port=8081');
});

test('errors show their message, long values are cut', () => {
  // Goal: one line stays one line. Method: a serialised error and a long text.
  const record = {
    level: 50,
    msg: 'edge.failed',
    err: { message: 'no luck', stack: 'a\nb' },
    text: 'x'.repeat(500),
  };
  const line = format(JSON.stringify(record));
  expect(line).toContain('err="no luck"');
  expect(line.length).toBeLessThan(300);
});

test('what is no log record is passed on as it is', () => {
  // Goal: a crash's own words are not lost. Method: text, broken JSON, a JSON number.
  for (const text of ['plain words', '{broken', '{"half":']) expect(format(text)).toBe(`edge-1   ${text}`);
});
