import { expect, test } from 'vitest';
import { judge, type Evidenced } from './judgement.ts';
import { holding, sampleEvidence, sampleRun, sampleStep } from './report-samples.ts';
import type { Step } from './run-file.ts';
import { SUITES } from './suites.ts';

const chaos = SUITES.filter(({ name }) => name === 'chaos');
const bridge = SUITES.filter(({ name }) => name === 'bridge');
const evidence: Evidenced = { path: 'data/chaos.json', evidence: sampleEvidence('chaos') };

function judgeChaos(step: Partial<Step>, files: readonly Evidenced[] = [evidence]) {
  return judge(sampleRun([sampleStep('chaos', step)]), files, chaos);
}

test('a run passes when its tests pass and all its findings hold', () => {
  // Goal: the one good way. Method: a suite with a finding, and one that has only tests.
  expect(judgeChaos({}).passed).toBe(true);
  const skipped = sampleStep('bridge', { skipped: ['one that needs what is not there'] });
  expect(judge(sampleRun([skipped]), [], bridge).passed).toBe(true);
});

test('whatever is missing or broken fails its suite and with it the run', () => {
  // Goal: nothing that was not shown counts as shown. Method: one defect at a time; each has a row that says so.
  const broken = (kind: 'promise' | 'figure') => [
    {
      path: 'data/x.json',
      evidence: sampleEvidence('chaos', { findings: [{ ...holding('x'), kind, holds: false }] }),
    },
  ];
  const runs = {
    'a broken promise': judgeChaos({}, broken('promise')),
    'a figure out of bounds': judgeChaos({}, broken('figure')),
    'a failed test': judgeChaos({ failed: [{ title: 'x', message: 'no' }] }),
    'a skipped test': judgeChaos({ skipped: ['x'] }),
    'no test at all': judgeChaos({ passed: 0 }),
    'no evidence': judgeChaos({}, []),
    'evidence without findings': judgeChaos({}, [
      { path: 'data/x.json', evidence: sampleEvidence('chaos', { findings: [] }) },
    ]),
    'a crash': judgeChaos({ end: 'crashed' }),
    'the time limit': judgeChaos({ end: 'killed' }),
    'an interruption': judgeChaos({ end: 'interrupted' }),
    'a suite that was planned and never began': judge(sampleRun([], ['chaos']), [evidence], chaos),
  };
  for (const [defect, { passed, suites }] of Object.entries(runs)) {
    expect([defect, passed, suites.map(({ status }) => status)]).toEqual([defect, false, ['failed']]);
    expect([defect, suites.flatMap(({ rows }) => rows).every(({ holds }) => holds)]).toEqual([defect, false]);
  }
});

test('what was not asked for neither passes nor fails', () => {
  // Goal: a run of one suite can pass, and says what it left out. Method: chaos of chaos and bridge.
  const judgement = judge(sampleRun([sampleStep('chaos')]), [evidence], [...chaos, ...bridge]);
  expect(judgement.passed).toBe(true);
  expect(judgement.suites.map(({ status }) => status)).toEqual(['passed', 'not run']);
});

test('a broken promise is told once, and no metric repeats the name of its suite', () => {
  // Goal: a report is read by people. Method: a test that failed by a promise, and one that failed by itself.
  const promise = { ...holding('Chaos: events lost'), holds: false };
  const file = { path: 'data/x.json', evidence: sampleEvidence('chaos', { findings: [promise] }) };
  const failed = [
    { title: 'by a promise', message: 'Chaos: events lost: 0 was promised, seen: 1 (seed 7)' },
    { title: 'by itself', message: 'not within 30 s' },
  ];
  const [report] = judgeChaos({ failed }, [file]).suites;
  expect(report?.rows.map(({ metric }) => metric)).toEqual(['Events lost', 'Tests', 'by itself']);
});
