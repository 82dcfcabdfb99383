import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runSuite } from './suite-process.mjs';

function suiteOf(...vitestArgs) {
  return { name: 'sample', title: 'Sample', shows: '', hasFindings: false, vitestArgs, fullSeconds: 1 };
}

/** Runs it with a folder of reports of its own; the step, the news and what was printed. */
async function run(suite, { limitMs = 60_000, interrupted = new AbortController().signal } = {}) {
  const reportsFolder = mkdtempSync(join(tmpdir(), 'longspan-suite-'));
  onTestFinished(() => rmSync(reportsFolder, { recursive: true, force: true }));
  mkdirSync(join(reportsFolder, 'data', 'logs'), { recursive: true });
  const news = [];
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  const step = await runSuite(suite, {
    reportsFolder,
    env,
    limitMs,
    interrupted,
    onNews: (one) => news.push(one),
  });
  return { step, news, printed: readFileSync(join(reportsFolder, step.log), 'utf8') };
}

test('a suite is run by itself, and every test of it is told about', async () => {
  // Goal: the display and the report rest on what vitest says. Method: a small file of real tests.
  const { step, news, printed } = await run(suiteOf('bootstrap/version.test.mjs'));
  expect(step).toMatchObject({ suite: 'sample', end: 'ended', passed: 2, failed: [], skipped: [] });
  expect(step.durationMs).toBeGreaterThan(0);
  expect(news.map(({ kind }) => kind)).toEqual(['test', 'tested', 'test', 'tested', 'end']);
  expect(news[0].title).toMatch(/^a version is found/);
  expect(printed).toContain('version.test.mjs');
});

test('a suite without tests has not passed', async () => {
  // Goal: a folder that is gone cannot go unnoticed. Method: a name that no file has.
  const { step } = await run(suiteOf('there-is-no-such-file'));
  expect(step.passed).toBe(0);
  expect(step.failed).toEqual([{ title: 'vitest', message: 'ended with code 1' }]);
});

test('a suite that exceeds its time, or is interrupted, is ended and told as such', async () => {
  // Goal: one stuck suite does not hold up the rest; Ctrl-C ends cleanly. Method: no time at all; an abort at the first news.
  expect((await run(suiteOf('bootstrap/version.test.mjs'), { limitMs: 1 })).step.end).toBe('killed');
  const interruption = new AbortController();
  setImmediate(() => interruption.abort());
  const { step } = await run(suiteOf('bootstrap/version.test.mjs'), { interrupted: interruption.signal });
  expect(step).toMatchObject({ end: 'interrupted', passed: 0 });
});
