import { expect, test } from 'vitest';
import { summarise } from './test-summary.mjs';

const failover = (state, backend) => ({
  file: 'tests/failover/leader-killed.test.ts',
  title: 'leader killed',
  state,
  backend,
});
const noChecks = { passed: 0, failed: 0 };

test('the last line is the counts, and checks count as tests', () => {
  // Goal: a machine can read the result. Method: one of each.
  const tests = [
    { file: 'libs/a.test.ts', title: 'a', state: 'passed' },
    { file: 'libs/b.test.ts', title: 'b', state: 'failed' },
    { file: 'tests/browser/c.test.ts', title: 'c', state: 'skipped' },
  ];
  const setup = { hasDocker: true, chromiumMissing: 'no Chromium' };
  const { lines } = summarise({ tests, unhandledErrors: 1 }, { passed: 3, failed: 1 }, setup);
  expect(lines.at(-1)).toBe('4 passed, 3 failed, 1 skipped');
  expect(lines).toContain('Browser tests skipped: 1 (no Chromium)');
});

test('where Docker answers, a skipped failover test is a failure', () => {
  // Goal: the proof cannot be left out silently. Method: the same skip with and without an engine.
  const run = { tests: [failover('passed', 'containers'), failover('skipped')], unhandledErrors: 0 };
  const withDocker = summarise(run, noChecks, { hasDocker: true });
  expect(withDocker.counts).toEqual({ passed: 1, failed: 1, skipped: 0 });
  const without = summarise(run, noChecks, { hasDocker: false, dockerMissing: 'no engine' });
  expect(without.counts).toEqual({ passed: 1, failed: 0, skipped: 1 });
});

test('the summary says how many failover tests ran where', () => {
  // Goal: nobody takes a run against processes for one in containers. Method: two and one.
  const tests = [
    failover('passed', 'containers'),
    failover('failed', 'containers'),
    failover('passed', 'processes'),
  ];
  const { lines } = summarise({ tests, unhandledErrors: 0 }, noChecks, { hasDocker: true });
  expect(lines).toContain('Failover tests: 2 in containers, 1 against nats-server processes');
});
