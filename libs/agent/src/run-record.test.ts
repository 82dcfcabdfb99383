import { expect, test } from 'vitest';
import { planRun, type RunPlan, type RunRecord } from './run-record.ts';

const open: RunRecord = { kind: 'open', announced: 1, attempt: 2, commandSeq: 7, trace: undefined };

const rows: readonly [string, RunRecord, { attempt: number; seq: number }, RunPlan][] = [
  [
    'a new run starts with its delivery’s number',
    { kind: 'unknown' },
    { attempt: 1, seq: 7 },
    { kind: 'run', attempt: 1, before: 0 },
  ],
  [
    'a run whose first holders never spoke too',
    { kind: 'unknown' },
    { attempt: 3, seq: 7 },
    { kind: 'run', attempt: 3, before: 0 },
  ],
  [
    'a redelivery goes on after the announced attempt',
    open,
    { attempt: 3, seq: 7 },
    { kind: 'run', attempt: 3, before: 1 },
  ],
  ['a delivery that was held up finds its successor', open, { attempt: 2, seq: 7 }, { kind: 'superseded' }],
  ['an older one too', open, { attempt: 1, seq: 7 }, { kind: 'superseded' }],
  [
    'a client’s repeat of the command goes on after it',
    open,
    { attempt: 1, seq: 9 },
    { kind: 'run', attempt: 3, before: 1 },
  ],
  ['a run that has ended is not run again', { kind: 'ended' }, { attempt: 1, seq: 9 }, { kind: 'over' }],
];

test.each(rows)('%s', (_, record, delivery, plan) => {
  // Goal: attempts go upwards in the log, and an ended run stays ended.
  // Method: a table of what the log may say.
  expect(planRun(record, delivery)).toEqual(plan);
});
