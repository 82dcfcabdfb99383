import { expect, test } from 'vitest';
import { baselineRules } from '../../deploy/prometheus/baseline-rules.ts';
import { textOf } from './deployment.ts';

test('the baseline that alerts compare with is the one that the performance suite keeps', async () => {
  // Goal: one baseline. Method: as `node deploy/prometheus/write-baseline.ts` would write it.
  const stored = JSON.parse(await textOf('tests/performance/baseline.json'));
  expect(await textOf('deploy/prometheus/rules/baseline.yaml')).toBe(baselineRules(stored));
});
