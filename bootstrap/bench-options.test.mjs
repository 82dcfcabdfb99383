import { expect, test } from 'vitest';
import { parseBenchOptions } from './bench-options.mjs';

test('the options of the benchmark are read, with a seed drawn where none is given', () => {
  // Goal: a run can be repeated. Method: none, and all.
  expect(parseBenchOptions([], () => 7)).toMatchObject({
    scale: 'full',
    only: [],
    rounds: 5,
    seed: 7,
    json: false,
  });
  expect(
    parseBenchOptions([
      '--quick',
      '--only',
      'throughput, socket-io',
      '--seed',
      '9',
      '--rounds=2',
      '--compare',
      'a.json',
    ]),
  ).toMatchObject({
    scale: 'quick',
    only: ['throughput', 'socket-io'],
    rounds: 2,
    seed: 9,
    compare: 'a.json',
  });
});

test('what is no option, or no number, is said in a sentence', () => {
  // Goal: a typing error does not start a run of hours. Method: a wrong name, a missing value, bad numbers.
  for (const args of [
    ['--fast'],
    ['throughput'],
    ['--only'],
    ['--rounds', '0'],
    ['--rounds', 'x'],
    ['--seed', '1.5'],
  ]) {
    expect(() => parseBenchOptions(args)).toThrow(expect.objectContaining({ name: 'SetupError' }));
  }
});
