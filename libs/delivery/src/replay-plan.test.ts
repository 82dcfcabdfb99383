import type { Seq, UserId } from '@longspan/protocol';
import { array, assert, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { planReplay, rangeIsComplete, type ReplayWish } from './replay-plan.ts';

function wish(name: number, from: number, known: number, ageFloor = 0): ReplayWish {
  return { user: `u${name}` as UserId, from: from as Seq, known: known as Seq, ageFloor: ageFloor as Seq };
}

const wishes = array(
  record({ from: integer({ min: 0, max: 200_000 }), missed: integer({ min: 0, max: 50_000 }) }),
  { maxLength: 200 },
).map((all) => all.map(({ from, missed }, name) => wish(name, from, from + missed)));

test('many readers who missed a little share one range', () => {
  // Goal: the death of an edge costs a handful of reads. Method: a thousand readers, two events missed each.
  const all = Array.from({ length: 1_000 }, (_, n) => wish(n, 10_000 + n, 12_000 + n));
  const plan = planReplay(all);
  expect(plan?.readers.size).toBe(1_000);
  expect(plan).toMatchObject({ after: 9_999, through: 12_999 });
});

test('few readers, and readers who missed much, read for themselves', () => {
  // Goal: a range is read only where it is cheaper. Method: too few; too far for their number.
  expect(planReplay(Array.from({ length: 10 }, (_, n) => wish(n, 10, 20)))).toBeUndefined();
  expect(planReplay(Array.from({ length: 20 }, (_, n) => wish(n, 10, 90_000)))).toBeUndefined();
});

test('one reader from far back does not spoil the range for the others', () => {
  // Goal: a device that comes back after a day in the midst of a storm. Method: a thousand near, one far.
  const near = Array.from({ length: 1_000 }, (_, n) => wish(n, 500_000, 501_000));
  const far = wish(-1, 3, 500_500);
  const plan = planReplay([far, ...near]);
  expect(plan?.readers.has(far)).toBe(false);
  expect(plan?.readers.size).toBeGreaterThanOrEqual(near.length / 2);
});

test('a reader where age is at work reads for itself', () => {
  // Goal: no hole inside a range whose bites came from replicas that discard at different moments.
  const near = Array.from({ length: 100 }, (_, n) => wish(n, 500, 600, 500));
  const aging = wish(-1, 499, 600, 500);
  const plan = planReplay([aging, ...near]);
  expect(plan?.readers.size).toBe(100);
  expect(plan?.readers.has(aging)).toBe(false);
});

test('whoever has nothing to read is in no range', () => {
  // Goal: a range says nothing to who knows of nothing. Method: readers that stand at what is known.
  expect(planReplay(Array.from({ length: 100 }, (_, n) => wish(n, 50, 50)))).toBeUndefined();
});

test('a range covers all its readers and costs less than their own reads', () => {
  // Goal: what every plan must hold to. Method: random wishes.
  assert(
    property(wishes, (all) => {
      const plan = planReplay(all);
      for (const { from, known } of plan?.readers ?? []) {
        expect(plan?.after).toBeLessThan(Math.max(1, from));
        expect(plan?.through).toBeGreaterThanOrEqual(known);
      }
      const length = plan === undefined ? 0 : plan.through - plan.after;
      expect(length).toBeLessThanOrEqual(1 + (plan?.readers.size ?? 0) * 150);
    }),
  );
});

test('a stretch counts as complete only if the shard could not have pushed any of it out meanwhile, and age neither', () => {
  // Goal: G2 at the edge of the retention. Method: around the limit.
  const since = { grown: 989, keepPerUser: 1_000, ageFloor: 50 as Seq };
  expect(rangeIsComplete(50 as Seq, 10, since)).toBe(true);
  expect(rangeIsComplete(50 as Seq, 10, { ...since, grown: 990 })).toBe(false);
  expect(rangeIsComplete(49 as Seq, 10, since)).toBe(false);
});
