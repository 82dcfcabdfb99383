import { expect, test } from 'vitest';
import { parseStartOptions } from './start-options.mjs';

test('traces are shown unless somebody does without them', () => {
  expect(parseStartOptions([])).toEqual({ observe: true, help: false });
  expect(parseStartOptions(['--observe']).observe).toBe(true);
  expect(parseStartOptions(['--no-observe']).observe).toBe(false);
});

test('what is no option is refused with the list of those that are', () => {
  // Goal: a typing error starts nothing. Method: two of them.
  for (const arg of ['--observ', 'now']) expect(() => parseStartOptions([arg])).toThrow(/--no-observe/);
});
