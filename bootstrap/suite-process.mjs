import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { binPath } from './checks.mjs';
import { rootFolder } from './paths.mjs';

const graceMs = 20_000;

/**
 * @typedef {import('../libs/testkit/src/report/run-file.ts').Step} Step
 * @typedef {import('../libs/testkit/src/report/suites.ts').Suite} Suite
 * @typedef {{ reportsFolder: string, env: NodeJS.ProcessEnv, limitMs: number, interrupted: AbortSignal, onNews: (news: import('./progress-reporter.mjs').TestNews) => void }} SuiteRun
 */

/**
 * Runs one suite in a vitest of its own, for `limitMs` at most, and tells how it ended. What it prints goes into a file of the reports.
 *
 * @param {Suite} suite
 * @param {SuiteRun} run
 * @returns {Promise<Step>}
 */
export async function runSuite(suite, { reportsFolder, env, limitMs, interrupted, onNews }) {
  const startedAt = new Date();
  const log = `data/logs/${suite.name}.txt`;
  const out = openSync(join(reportsFolder, log), 'w');
  const reporter = join(rootFolder, 'bootstrap', 'progress-reporter.mjs');
  const args = ['run', '--reporter=default', `--reporter=${reporter}`, ...suite.vitestArgs];
  const vitest = spawn(process.execPath, [binPath('vitest', 'vitest'), ...args], {
    cwd: rootFolder,
    env: { ...env, NO_COLOR: '1' },
    stdio: ['ignore', out, out, 'ipc'],
  });
  closeSync(out);

  let outcome = { tests: [], errors: [] };
  let end = 'crashed';
  vitest.on('message', (news) => {
    if (news.kind === 'end') {
      outcome = news;
      end = 'ended';
    }
    onNews(news);
  });
  const stop = endOnce(vitest);
  const timer = setTimeout(() => stop('killed'), limitMs);
  const interrupt = () => stop('interrupted');
  interrupted.addEventListener('abort', interrupt, { once: true });
  const code = await new Promise((resolve) => {
    vitest.on('error', () => resolve(-1));
    vitest.on('exit', (exitCode) => resolve(exitCode ?? -1));
  });
  clearTimeout(timer);
  interrupted.removeEventListener('abort', interrupt);

  const titled = (state) => outcome.tests.filter((test) => test.state === state);
  const isUntold = code !== 0 && titled('failed').length + outcome.errors.length === 0;
  return {
    suite: suite.name,
    end: interrupted.aborted ? 'interrupted' : (stop.reason() ?? end),
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    passed: titled('passed').length,
    skipped: titled('skipped').map(({ title }) => title),
    failed: [
      ...titled('failed').map(({ title, error }) => ({ title, message: error ?? 'no message' })),
      ...outcome.errors.map((message) => ({ title: 'outside any test', message })),
      ...(end === 'ended' && isUntold ? [{ title: 'vitest', message: `ended with code ${code}` }] : []),
    ],
    log,
  };
}

/** Ends a process when it is called first: kindly, and hard if that does not help. */
function endOnce(child) {
  let first;
  const stop = (reason) => {
    if (first !== undefined) return;
    first = reason;
    child.kill('SIGTERM');
    const hard = setTimeout(() => child.kill('SIGKILL'), graceMs);
    child.once('exit', () => clearTimeout(hard));
  };
  return Object.assign(stop, { reason: () => first });
}
