import { expect, test } from 'vitest';
import type { Measure } from './measures/measure.ts';
import { leftOf, planOf, unknownNames, withoutFailuresOf, type Choice } from './plan.ts';
import { sampleResult, sampleTrial } from './results/result-samples.ts';

const measure = (name: string, when: Measure['when'], more: Partial<Measure> = {}): Measure => ({
  name,
  title: name,
  when,
  systems: ['longspan-r1', 'socket-io', 'raw-ws'],
  run: () => Promise.reject(new Error('not run here')),
  ...more,
});
const MEASURES = [
  measure('fast', 'quick'),
  measure('slow', 'full', { roundsMax: 1 }),
  measure('growth-x', 'growth'),
];
const choice: Choice = { scale: 'full', growth: false, only: [], rounds: 3, seed: 7 };

const told = (chosen: Partial<Choice>) =>
  planOf({ ...choice, ...chosen }, MEASURES).map(
    (step) => `${step.round} ${step.measure.name} ${step.system}`,
  );

test('rounds are interleaved: every system is measured before any is measured again', () => {
  // Goal: a machine that gets slower in the course of a run must not decide a comparison. Method: the order of a plan.
  const fast = told({}).filter((step) => step.includes('fast'));
  expect(fast.map((step) => step[0])).toEqual(['0', '0', '0', '1', '1', '1', '2', '2', '2']);
  expect(new Set(fast).size).toBe(9);
});

test('the order of systems changes with the round and comes back with the seed', () => {
  // Goal: nobody is always first. Method: the orders of ten rounds, twice.
  const orders = (seed: number) => told({ only: ['fast'], rounds: 10, seed }).join('\n');
  expect(orders(1)).toBe(orders(1));
  expect(orders(1)).not.toBe(orders(2));
  expect(new Set(told({ only: ['fast'], rounds: 10 }).map((step) => step.slice(2))).size).toBe(3);
});

test('all systems of a round get one seed, each round another', () => {
  // Goal: the same load for those who are compared. Method: the seeds of a plan.
  const steps = planOf({ ...choice, only: ['fast'] }, MEASURES);
  expect(Map.groupBy(steps, ({ seed }) => seed).size).toBe(3);
  for (const some of Map.groupBy(steps, ({ round }) => round).values())
    expect(new Set(some.map(({ seed }) => seed)).size).toBe(1);
});

test('what is chosen runs, and nothing else', () => {
  // Goal: --quick, --growth and --only mean what they say. Method: each, and both kinds of names together.
  const names = (chosen: Partial<Choice>) => [
    ...new Set(told({ rounds: 2, ...chosen }).map((step) => step.split(' ')[1])),
  ];
  expect(names({})).toEqual(['fast', 'slow']);
  expect(names({ scale: 'quick' })).toEqual(['fast']);
  expect(names({ scale: 'quick', growth: true })).toEqual(['fast', 'growth-x']);
  expect(names({ only: ['growth-x'] })).toEqual(['growth-x']);
  expect(told({ only: ['slow', 'raw-ws'] })).toEqual(['0 slow raw-ws']);
  expect(unknownNames(['fast', 'raw-ws', 'fats'], MEASURES)).toEqual(['fats']);
});

test('a run that was interrupted goes on with what it has no result of', () => {
  // Goal: an hour's work is not done twice, and nothing is left out. Method: a run of two trials, one that was refused and one that
  // failed.
  const plan = planOf(choice, MEASURES);
  const [refused, failed, ...measured] = plan
    .slice(0, 4)
    .map(({ measure: { name }, system, round }) => ({ measure: name, system, round }));
  if (refused === undefined || failed === undefined) throw new Error('a plan of nothing');
  const run = sampleResult(
    measured.map(({ measure, system, round }) => sampleTrial(measure, system, round, {})),
    {
      failed: [
        { ...refused, reason: 'some', refused: true },
        { ...failed, reason: 'some', refused: false },
      ],
    },
  );
  expect(leftOf(plan, run)).toEqual([plan[1], ...plan.slice(4)]);
});

test('what failed is told until it is measured again', () => {
  // Goal: going on with some of a run does not make the failures of the rest disappear. Method: two failures, a plan of one of them.
  const failures = ['fast', 'slow'].map((name) => ({
    measure: name,
    system: 'socket-io' as const,
    round: 0,
    reason: 'some',
    refused: false,
  }));
  const plan = planOf({ ...choice, only: ['fast'] }, MEASURES);
  expect(withoutFailuresOf(plan, sampleResult([], { failed: failures })).failed).toEqual([failures[1]]);
});
