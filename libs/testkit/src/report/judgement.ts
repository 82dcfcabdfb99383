import type { EvidenceFile, Finding } from '../evidence/findings.ts';
import type { RunFile, Step } from './run-file.ts';
import type { Suite } from './suites.ts';

/** `failed`: a promise or a figure does not hold, or nothing was shown; `not run`: was not asked for. */
export type Status = 'passed' | 'failed' | 'not run';

/** A line of the summary: a finding, or what the tests of a suite came to. */
export interface Row extends Omit<Finding, 'kind'> {
  readonly kind: Finding['kind'] | 'tests';
  /** What it rests on, as a path within the folder of reports. */
  readonly source: string;
}

/** A file of evidence and where it lies within the folder of reports. */
export interface Evidenced {
  readonly path: string;
  readonly evidence: EvidenceFile;
}

export interface SuiteReport {
  readonly suite: Suite;
  readonly status: Status;
  readonly rows: readonly Row[];
  readonly step: Step | undefined;
  readonly evidence: readonly Evidenced[];
}

export interface Judgement {
  readonly passed: boolean;
  readonly run: RunFile;
  readonly suites: readonly SuiteReport[];
}

/**
 * What a run has shown. It has passed if every suite that was planned has: it ended by itself, all its tests passed,
 * every promise and every figure of its evidence holds, and if it is one that leaves findings, there are some and no
 * test of it was skipped.
 */
export function judge(run: RunFile, files: readonly Evidenced[], suites: readonly Suite[]): Judgement {
  const judged = suites.map((suite) =>
    judgeSuite(
      suite,
      run,
      files.filter(({ evidence }) => evidence.suite === suite.name),
    ),
  );
  return { passed: judged.every(({ status }) => status !== 'failed'), run, suites: judged };
}

function judgeSuite(suite: Suite, run: RunFile, evidence: readonly Evidenced[]): SuiteReport {
  const step = run.steps.find((one) => one.suite === suite.name);
  if (!run.planned.includes(suite.name)) return { suite, status: 'not run', rows: [], step, evidence };
  const found = evidence.flatMap(({ path, evidence: { findings } }) =>
    findings.map((finding): Row => ({ ...finding, source: path })),
  );
  const rows = [...found, ...rowsOfStep(suite, step, found)].map((row) => {
    return { ...row, metric: withoutSuite(suite, row.metric) };
  });
  const status = rows.every(({ holds }) => holds) ? 'passed' : 'failed';
  return { suite, status, rows, step, evidence };
}

function rowsOfStep(suite: Suite, step: Step | undefined, found: readonly Row[]): readonly Row[] {
  const row = (metric: string, requirement: string, achieved: string, holds: boolean): Row => {
    return { kind: 'tests', metric, requirement, achieved, holds, source: step?.log ?? 'data/run.json' };
  };
  if (step === undefined) return [row('Tests', 'run', 'were not run', false)];
  const { passed, failed, skipped } = step;
  const told = [`${passed} passed`, `${failed.length} failed`, `${skipped.length} skipped`];
  const isGood = passed > 0 && failed.length === 0 && (skipped.length === 0 || !suite.hasFindings);
  return [
    row('Tests', suite.hasFindings ? 'all pass, none is skipped' : 'all pass', told.join(', '), isGood),
    ...failed
      .filter(({ message }) => !found.some(({ metric, holds }) => !holds && message.startsWith(metric)))
      .map(({ title, message }) => row(title, 'passes', message, false)),
    ...(step.end === 'ended' ? [] : [row('End', 'ends by itself', ENDS[step.end], false)]),
    ...(suite.hasFindings && found.length === 0
      ? [row('Evidence', 'is left behind', 'there is none', false)]
      : []),
  ];
}

/** A metric names its suite, since it is also told alone; under its suite's heading that would be once too often. */
function withoutSuite({ title }: Suite, metric: string): string {
  const rest = /^[:,] (.+)/su.exec(metric.slice(title.length))?.[1];
  if (rest === undefined || !metric.startsWith(title)) return metric;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

const ENDS = {
  killed: 'was killed at its time limit',
  crashed: 'ended before it could report',
  interrupted: 'was interrupted',
} as const;
