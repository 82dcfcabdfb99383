import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { ValidationDisplay } from './validation-display.mjs';

test('without a terminal there is a line for each thing that happens', () => {
  // Goal: a log that can be read while it grows. Method: one suite with a finding that holds and one that does not.
  const out = new PassThrough();
  const display = new ValidationDisplay(3, out);
  onTestFinished(() => display.close());
  display.begin({
    title: 'Chaos',
    number: 2,
    startedAt: Date.now(),
    expectedMs: 60_000,
    afterwardsMs: 30_000,
  });
  display.test('everything arrives');
  display.tested();
  const finding = {
    kind: 'promise',
    metric: 'Lost',
    requirement: '0 of all',
    achieved: '0 of 7\n',
    holds: true,
  };
  display.found(finding);
  display.found({ ...finding, achieved: '1 of 7', holds: false });
  display.end(true, '1 tests');
  expect(String(out.read()).split('\n')).toEqual([
    '… Chaos (2 of 3), 0 s elapsed, about 1 min 30 s to go',
    '    ✓ Lost: 0 of 7 ',
    '    ✗ Lost: 1 of 7 (0 of all)',
    '✓ Chaos · 1 tests · 0 s',
    '',
  ]);
});
