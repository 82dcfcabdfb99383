import { expect, test } from 'vitest';
import { MEASURES } from '../measures/all-measures.ts';
import { GOALS, judge, type GoalRow } from './goals.ts';
import { sampleResult, sampleTrial } from './result-samples.ts';

const row: GoalRow = {
  title: 'Throughput',
  measure: 'throughput',
  system: 'longspan-r1',
  figure: 'rate',
  must: { beside: { system: 'socket-io' }, atLeast: 1.5 },
  aims: [{ atLeast: 60_000 }],
};
const verdict = (own: number, beside: number | undefined) => {
  const trials = [
    sampleTrial('throughput', 'longspan-r1', 0, { rate: own }),
    ...(beside === undefined ? [] : [sampleTrial('throughput', 'socket-io', 0, { rate: beside })]),
  ];
  return judge(sampleResult(trials), [row])[0]?.verdict;
};

test('a row is met by its must, and more by all its aims', () => {
  // Goal: the table says what was reached, neither more nor less. Method: both sides of both bounds.
  expect(verdict(30_000, 20_001)).toBe('missed');
  expect(verdict(30_000, 20_000)).toBe('met');
  expect(verdict(60_000, 30_000)).toBe('aim met');
  expect(verdict(90_000, 80_000)).toBe('missed');
});

test('a ratio to what was not measured is no verdict', () => {
  // Goal: a peer that did not run is not beaten by that. Method: leave it out; leave everything out.
  expect(verdict(30_000, undefined)).toBe('not measured');
  expect(judge(sampleResult([])).every(({ verdict }) => verdict === 'not measured')).toBe(true);
});

test('every goal is about something that is measured', () => {
  // Goal: a renamed measure cannot silence a requirement. Method: look up each row's measure and its systems.
  for (const { title, measure, system, must, aims } of GOALS) {
    const found = MEASURES.find(({ name }) => name === measure);
    expect({ title, systems: found?.systems }).toEqual({ title, systems: expect.arrayContaining([system]) });
    for (const { beside } of [must, ...aims]) {
      if (beside === undefined) continue;
      const other = MEASURES.find(({ name }) => name === (beside.measure ?? measure));
      expect({ title, systems: other?.systems }).toEqual({
        title,
        systems: expect.arrayContaining([beside.system]),
      });
    }
  }
});
