import type { Moment, Operations } from '@longspan/protocol';
import { expect, test } from 'vitest';
import { extendOperations, HISTORY_MS, NOTHING_HEARD, type OperationsView } from './operations.ts';
import { operationsAt } from './test-operations.ts';

const momentAt = (atMs: number): Moment => operationsAt(atMs).totals;
const times = ({ history }: OperationsView) => history.map(({ atMs }) => atMs);
const heard = (view: OperationsView, operations: Operations) =>
  extendOperations(view, { kind: 'operations', operations });

test('whoever comes gets the last minutes, and every second adds a moment', () => {
  const began = extendOperations(NOTHING_HEARD, { kind: 'history', moments: [1_000, 2_000].map(momentAt) });
  const now = heard(began, operationsAt(3_000));
  expect(times(now)).toEqual([1_000, 2_000, 3_000]);
  expect(now).toMatchObject({ feed: { kind: 'live' }, latest: { atMs: 3_000 } });
});

test('after a lost connection the history that is told takes the place of what overlaps, and the rest stays', () => {
  const before = [1_000, 2_000, 3_000].reduce((view, at) => heard(view, operationsAt(at)), NOTHING_HEARD);
  const lost = extendOperations(before, { kind: 'feed', feed: { kind: 'lost', reason: 'x' } });
  expect(lost.latest?.atMs).toBe(3_000);
  const back = extendOperations(lost, { kind: 'history', moments: [2_500, 3_500].map(momentAt) });
  expect(times(back)).toEqual([1_000, 2_000, 2_500, 3_500]);
  // An ingress that was started anew knows nothing yet.
  expect(times(extendOperations(lost, { kind: 'history', moments: [] }))).toEqual([1_000, 2_000, 3_000]);
});

test('what is older than five minutes leaves, and a second of which nothing is known adds nothing', () => {
  const old = heard(NOTHING_HEARD, operationsAt(1_000));
  expect(times(heard(old, operationsAt(1_000 + HISTORY_MS)))).toEqual([1_000 + HISTORY_MS]);
  expect(times(heard(old, { ...operationsAt(2_000), connected: false }))).toEqual([1_000]);
});
