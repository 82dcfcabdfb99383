import { expect, test } from 'vitest';
import { parseValidateOptions } from './validate-options.mjs';

const parse = (...args) => parseValidateOptions(args, () => 'drawn');

test('the size of a run, its suites and its seed are options, and a seed is drawn where none is given', () => {
  // Goal: what the page on `npm run validate` says. Method: each way of asking.
  const whole = { scale: 'full', seed: 'drawn', reportOnly: false, help: false };
  expect(parse()).toEqual(whole);
  expect(parse('--quick')).toEqual({ ...whole, scale: 'quick' });
  expect(parse('--long', '--seed', '7')).toEqual({ ...whole, scale: 'long', seed: '7' });
  expect(parse('--only', 'chaos, soak')).toEqual({ ...whole, only: ['chaos', 'soak'] });
  expect(parse('--report-only').reportOnly).toBe(true);
});

test('what is no option is refused with the list of those that are', () => {
  // Goal: a typing error does not start half an hour of work. Method: three of them.
  for (const args of [['--quik'], ['chaos'], ['--quick', '--long']])
    expect(() => parse(...args)).toThrow(/--quick/);
});
