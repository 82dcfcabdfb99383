import { expect, test } from 'vitest';
import { drawScenario } from './scenario.ts';
import type { Action, Schedule, Step } from './schedule.ts';
import { Random } from '../random.ts';
import { shrink } from './shrink.ts';

test('a failing schedule is reduced to the steps that make it fail, in the simplest scenario', async () => {
  // Goal: a failure is told in a few lines. Method: a machine that is broken on purpose, by two steps in this order,
  // among hundreds of others, and that needs two clients.
  const random = new Random(1);
  const others: readonly Action[] = ['commit', 'answer', 'linkUp', 'linkDown', 'timePasses'];
  const steps: Step[] = Array.from({ length: 300 }, () => ({
    action: random.pick(others),
    chance: random.below(100),
  }));
  steps.splice(200, 0, { action: 'edgeDies', chance: 7 });
  steps.splice(40, 0, { action: 'leaderChanges', chance: 8 });
  const scenario = { ...drawScenario(random, 'everything'), clients: 4, users: 2, replicas: 3 };
  const schedule: Schedule = { seed: 1, name: 'everything', scenario, steps };

  const short = await shrink(schedule, async ({ steps: ran, scenario: { clients } }) => {
    const elected = ran.findIndex(({ action }) => action === 'leaderChanges');
    const isBroken = elected !== -1 && ran.slice(elected).some(({ action }) => action === 'edgeDies');
    return isBroken && clients >= 2 ? 'broken' : undefined;
  });

  expect(short.steps).toEqual([
    { action: 'leaderChanges', chance: 8 },
    { action: 'edgeDies', chance: 7 },
  ]);
  expect(short.scenario).toMatchObject({ clients: 2, users: 1, replicas: 1, dropMax: 0 });
});

test('a schedule that cannot be reduced in the runs that are allowed is still one that fails', async () => {
  const steps: Step[] = Array.from({ length: 64 }, (_, chance) => ({ action: 'commit', chance }));
  const schedule: Schedule = {
    seed: 1,
    name: 'everything',
    scenario: drawScenario(new Random(1), 'everything'),
    steps,
  };
  const run = async ({ steps: ran }: Schedule) => (ran.length >= 16 ? 'broken' : undefined);
  const short = await shrink(schedule, run, 4);
  expect(await run(short)).toBe('broken');
  expect(short.steps.length).toBeLessThan(64);
});
