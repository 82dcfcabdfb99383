import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stopRequested } from '../dev/stop-signal.ts';
import { SUITES } from '../libs/testkit/src/report/suites.ts';
import { readEvidence, writeReport } from '../libs/testkit/src/report/write-report.ts';
import { describeCommit, describeMachine } from './machine.mjs';
import { rootFolder } from './paths.mjs';
import { SetupError } from './setup-error.mjs';
import { runSuite } from './suite-process.mjs';
import { SuiteTimes } from './suite-times.mjs';
import { ValidationDisplay } from './validation-display.mjs';

const reportsFolder = join(rootFolder, 'reports');
const dataFolder = join(reportsFolder, 'data');
const interruptedCode = 130;
const minuteMs = 60_000;
/** What a suite may take before it is taken for stuck. */
const limitMs = { quick: 8 * minuteMs, full: 25 * minuteMs, long: 12 * 60 * minuteMs };

/**
 * @typedef {import('../libs/testkit/src/report/run-file.ts').RunFile} RunFile
 * @typedef {import('../libs/testkit/src/report/judgement.ts').Judgement} Judgement
 */

/**
 * Makes the pages anew from what an earlier run has left.
 *
 * @param {import('./progress.mjs').Progress} progress
 * @returns {Promise<number>} the exit code
 */
export async function reportOnly(progress) {
  if (!existsSync(join(dataFolder, 'run.json'))) {
    throw new SetupError('There is no run in reports/data/ yet: `npm run validate` makes one.');
  }
  return conclude(await writeReport(reportsFolder), (line) => progress.say(line));
}

/**
 * Runs the suites one after the other and writes the reports, also of a run that is interrupted.
 *
 * @param {import('./validate-options.mjs').ValidateOptions} options
 * @param {import('./test-environment.mjs').TestEnvironment} environment
 * @returns {Promise<number>} the exit code: 0 if every promise and every figure holds
 */
export async function validate({ scale, seed, only }, environment) {
  const suites = chosenSuites(scale, only);
  rmSync(reportsFolder, { recursive: true, force: true });
  mkdirSync(join(dataFolder, 'logs'), { recursive: true });
  const startedAt = Date.now();
  /** @type {RunFile} */
  const run = {
    format: 1,
    scale,
    seed,
    commit: await describeCommit(),
    machine: await describeMachine(environment),
    startedAt: new Date(startedAt).toISOString(),
    durationMs: 0,
    planned: suites.map(({ name }) => name),
    steps: [],
  };
  const stopping = new AbortController();
  const display = new ValidationDisplay(suites.length);
  const stop = () => {
    stopping.abort();
    display.say('Stopping; the report tells what was seen until now. Once more ends at once.');
  };
  void stopRequested(() => process.exit(interruptedCode)).then(stop);
  for (const line of environment.lines) display.say(line);
  display.say(`Scale ${scale}, seed ${seed}, ${suites.length} suites\n`);
  try {
    await runSuites(suites, run, { environment, display, interrupted: stopping.signal });
  } finally {
    display.close();
  }
  writeRun({ ...run, durationMs: Date.now() - startedAt });
  const code = conclude(await writeReport(reportsFolder), (line) => process.stdout.write(`${line}\n`));
  return stopping.signal.aborted ? interruptedCode : code;
}

async function runSuites(suites, run, { environment, display, interrupted }) {
  const times = new SuiteTimes(run.scale);
  const shown = new Set();
  const showFindings = async () => {
    for (const { path, evidence } of await readEvidence(reportsFolder)) {
      if (shown.has(path)) continue;
      shown.add(path);
      for (const finding of evidence.findings) display.found(finding);
    }
  };
  for (const [i, suite] of suites.entries()) {
    if (interrupted.aborted) return;
    const [expectedMs = 0, ...afterwards] = suites.slice(i).map((one) => times.expectedMs(one));
    const afterwardsMs = afterwards.reduce((sum, ms) => sum + ms, 0);
    display.begin({ title: suite.title, number: i + 1, startedAt: Date.now(), expectedMs, afterwardsMs });
    const step = await runSuite(suite, {
      reportsFolder,
      env: {
        ...environment.env,
        LONGSPAN_SCALE: suite.hasFindings ? run.scale : 'short',
        LONGSPAN_SEED: run.seed,
        LONGSPAN_EVIDENCE_DIR: dataFolder,
      },
      limitMs: limitMs[run.scale],
      interrupted,
      onNews: (news) => {
        if (news.kind === 'test') display.test(news.title);
        if (news.kind !== 'tested') return;
        display.tested();
        // A file of evidence that is being written is read the next time.
        void showFindings().catch(() => undefined);
      },
    });
    await showFindings();
    times.keep(step);
    run.steps.push(step);
    writeRun({ ...run, durationMs: Date.now() - Date.parse(run.startedAt) });
    const isGood = step.end === 'ended' && step.failed.length === 0 && step.passed > 0;
    for (const { title, message } of step.failed)
      display.say(`    ✗ ${title}: ${message.trim().split('\n')[0]}`);
    display.end(isGood, isGood ? `${step.passed} passed` : describeEnd(step));
  }
}

function describeEnd({ end, passed, failed, log }) {
  const counts = `${passed} passed, ${failed.length} failed`;
  return `${end === 'ended' ? counts : end}, see reports/${log}`;
}

/** @param {RunFile} run */
function writeRun(run) {
  writeFileSync(join(dataFolder, 'run.json'), `${JSON.stringify(run, undefined, 1)}\n`);
}

/** Those that were asked for. A quick run leaves out what leaves no findings: `npm test` runs that as well. */
function chosenSuites(scale, only) {
  const unknown = (only ?? []).filter((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    const known = SUITES.map(({ name }) => name).join(', ');
    throw new SetupError(`No suite is called ${unknown.join(', ')}. There are: ${known}.`);
  }
  const isChosen = ({ name, hasFindings }) => only?.includes(name) ?? (hasFindings || scale !== 'quick');
  return SUITES.filter(isChosen);
}

/** @param {Judgement} judgement */
function conclude({ passed, suites }, say) {
  const rows = suites.flatMap((report) => report.rows.map((row) => ({ ...row, title: report.suite.title })));
  const broken = rows.filter(({ holds }) => !holds);
  if (broken.length > 0) say('\nWhat did not hold:');
  for (const { title, metric, requirement, achieved } of broken) {
    say(`✗ ${title}: ${metric}: ${requirement}; seen: ${achieved.trim().split('\n')[0]}`);
  }
  say(`\n${passed ? '✓' : '✗'} ${rows.length - broken.length} of ${rows.length} claims hold.`);
  say('  reports/index.html with plots, reports/summary.md in plain text, reports/data/ what they came from');
  return passed ? 0 : 1;
}
