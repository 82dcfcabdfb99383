import { expect, test } from 'vitest';
import { z } from 'zod';
import { createLogger } from './logger.ts';

const Line = z.looseObject({ level: z.string(), name: z.string(), msg: z.string(), time: z.iso.datetime() });

function capture(level: 'info' | 'debug' = 'info') {
  const written: string[] = [];
  const logger = createLogger({
    name: 'edge-1',
    level,
    destination: { write: (text) => void written.push(text) },
  });
  return { logger, written, line: () => Line.parse(JSON.parse(written.at(-1) ?? '')) };
}

test('a line is one JSON object with level, name, time, the event and its fields', () => {
  // Goal: lines can be searched by event name. Method: write one, read it back.
  const { logger, line } = capture();
  logger.info({ port: 8081 }, 'edge.ready');
  expect(line()).toMatchObject({ level: 'info', name: 'edge-1', msg: 'edge.ready', port: 8081 });
});

test('tokens and event data do not reach the log', () => {
  // Goal: no line holds a secret or an event's content, wherever it was put. Method: log them in every usual place.
  const { logger, written } = capture();
  logger.info(
    { token: 'S3CRET', frame: { token: 'S3CRET' }, req: { headers: { authorization: 'S3CRET' } } },
    'x',
  );
  logger.info(
    { data: { text: 'S3CRET' }, event: { data: 'S3CRET' }, payload: 'S3CRET', body: 'S3CRET' },
    'x',
  );
  logger.info({ url: '/v1/events?after=1&access_token=S3CRET&x=1' }, 'x');
  logger.error(
    { err: new Error('GET /?token=S3CRET failed', { cause: new Error('?access_token=S3CRET') }) },
    'x',
  );
  expect(written.join('')).not.toContain('S3CRET');
  expect(written).toHaveLength(4);
});

test('an error is written with code, message and causes, and without its other properties', () => {
  // Goal: causes are found, and nothing slips out through an error's properties. Method: a nested error.
  const { logger, line } = capture();
  const cause = new Error('no route');
  logger.error(
    { err: Object.assign(new Error('failed', { cause }), { code: 'x_failed', input: 'S3CRET' }) },
    'x',
  );
  expect(line()).toMatchObject({
    err: { code: 'x_failed', message: 'failed', cause: { message: 'no route' } },
  });
  expect(JSON.stringify(line())).not.toContain('S3CRET');
});

test('lines below the level are not written', () => {
  // Goal: the level counts. Method: one debug line at level info, one at debug.
  const quiet = capture('info');
  quiet.logger.debug('x');
  const loud = capture('debug');
  loud.logger.debug('x');
  expect([quiet.written.length, loud.written.length]).toEqual([0, 1]);
});
