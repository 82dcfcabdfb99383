import { expect, test } from 'vitest';
import { createLogger } from './logger.ts';
import { patiently } from './patience.ts';

function failing(...failures: readonly (boolean | undefined)[]) {
  const left = [...failures];
  return async () => {
    if (left.length === 0) return 'done';
    const retryable = left.shift();
    throw Object.assign(new Error('not yet'), retryable === undefined ? {} : { retryable });
  };
}

function capture() {
  const lines: string[] = [];
  const logger = createLogger({
    name: 'x',
    level: 'info',
    destination: { write: (line) => void lines.push(line) },
  });
  return { logger, lines };
}

test('a step that may succeed later is tried until it does, and each failure is logged', async () => {
  // Goal: a service may start before its cluster. Method: two failures that call themselves retryable.
  const { logger, lines } = capture();
  expect(await patiently('ensure_topology', logger, failing(true, true), 1)).toBe('done');
  expect(lines.filter((line) => line.includes('"step":"ensure_topology"'))).toHaveLength(2);
});

test.each([false, undefined])(
  'a step that cannot succeed ends the start (retryable: %s)',
  async (retryable) => {
    // Goal: a wrong configuration is not waited out. Method: a failure that does not call itself retryable.
    const { logger, lines } = capture();
    await expect(patiently('ensure_topology', logger, failing(true, retryable), 1)).rejects.toThrow(
      'not yet',
    );
    expect(lines).toHaveLength(1);
  },
);
