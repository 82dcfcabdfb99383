import { expect, test } from 'vitest';
import { planCrowd } from './crowd-plan.ts';

const SHAPE = {
  name: 'c',
  seed: 7,
  users: 10,
  devices: 3,
  publishers: 6,
  publishersPerUser: 2,
  directPublishers: 1,
  ratePerUser: 8,
  workers: 4,
} as const;

test('each user has its devices on different workers and its rate from different publishers', () => {
  // Goal: what a user gets and sends meets as much concurrency as there is. Method: look at who got what.
  const plans = planCrowd(SHAPE);
  const devices = plans.flatMap((plan) => plan.devices);
  expect(plans).toHaveLength(4);
  expect(devices).toHaveLength(30);
  expect(new Set(devices.map(({ name }) => name)).size).toBe(30);
  expect(devices.filter(({ kind }) => kind === 'raw')).toHaveLength(6);
  const publishers = plans.flatMap((plan) => plan.publishers);
  expect(publishers.filter(({ via }) => via === 'log')).toHaveLength(1);
  for (let i = 0; i < 10; i += 1) {
    const user = `c-${i}`;
    const workers = plans.filter((plan) => plan.devices.some((device) => device.user === user));
    expect(workers).toHaveLength(3);
    const own = publishers.filter(({ users }) => users.includes(user));
    expect(own.map(({ ratePerUser }) => ratePerUser)).toEqual([4, 4]);
  }
});

test('the same shape gives the same plan, another seed other schedules', () => {
  // Goal: a run can be repeated by its seed.
  expect(planCrowd(SHAPE)).toEqual(planCrowd(SHAPE));
  const seeds = (seed: number) =>
    planCrowd({ ...SHAPE, seed }).flatMap(({ devices }) => devices.map((device) => device.seed));
  expect(seeds(7)).not.toEqual(seeds(8));
  expect(new Set(seeds(7)).size).toBe(30);
});

test('more publishers a user than there are is an error', () => {
  expect(() => planCrowd({ ...SHAPE, publishers: 1 })).toThrow(RangeError);
});
