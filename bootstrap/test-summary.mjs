/**
 * @typedef {import('./summary-reporter.mjs').TestRecord} TestRecord
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 */

/**
 * What `npm test` says at its end.
 *
 * @param {{ tests: readonly TestRecord[], unhandledErrors: number }} run what the reporter wrote
 * @param {{ passed: number, failed: number }} checks
 * @param {{ hasDocker: boolean, dockerMissing?: string, chromiumMissing?: string }} setup
 * @returns {{ lines: string[], counts: Counts }} the last line is the counts alone
 */
export function summarise(run, checks, setup) {
  const count = (state) => run.tests.filter((test) => test.state === state).length;
  const skippedFailover = setup.hasDocker
    ? run.tests.filter((test) => isFailover(test) && isSkipped(test))
    : [];
  const counts = {
    passed: count('passed') + checks.passed,
    failed: count('failed') + checks.failed + run.unhandledErrors + skippedFailover.length,
    skipped: count('skipped') - skippedFailover.length,
  };
  const lines = [
    ...failoverLines(run.tests, setup),
    ...browserLines(run.tests, setup),
    ...skippedFailover.map(
      ({ title }) => `A skipped failover test is a failure where Docker answers: ${title}`,
    ),
    ...otherSkips(run.tests),
    ...(run.unhandledErrors > 0
      ? [`Errors outside any test: ${run.unhandledErrors} (each counts as failed)`]
      : []),
    ...(checks.passed + checks.failed > 0
      ? [`Checks (types, lint, format): ${checks.passed + checks.failed}, counted as tests`]
      : []),
    closingLine(counts),
  ];
  return { lines, counts };
}

/** @param {Counts} counts */
function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

function failoverLines(tests, { hasDocker, dockerMissing }) {
  const failover = tests.filter(isFailover);
  if (failover.length === 0) return [];
  const on = (backend) => failover.filter((test) => !isSkipped(test) && test.backend === backend).length;
  const why = hasDocker ? '' : `: ${dockerMissing}`;
  const untold = failover.filter(({ state, backend }) => state === 'passed' && backend === undefined).length;
  return [
    `Failover tests: ${on('containers')} in containers, ${on('processes')} against nats-server processes${why}`,
    ...(untold > 0 ? [`Failover tests without a cluster of their own: ${untold}`] : []),
  ];
}

function browserLines(tests, { chromiumMissing }) {
  const skipped = tests.filter((test) => isBrowser(test) && isSkipped(test));
  if (skipped.length === 0) return [];
  return [
    `Browser tests skipped: ${skipped.length} (${chromiumMissing ?? skipped[0].note ?? 'no reason given'})`,
  ];
}

function otherSkips(tests) {
  const skipped = tests.filter((test) => isSkipped(test) && !isFailover(test) && !isBrowser(test));
  return skipped.map(
    ({ file, title, note }) => `Skipped: ${file} > ${title}${note === undefined ? '' : ` (${note})`}`,
  );
}

function isFailover({ file }) {
  return file.startsWith('tests/failover/');
}

function isBrowser({ file }) {
  return file.startsWith('tests/browser/');
}

function isSkipped({ state }) {
  return state === 'skipped';
}
