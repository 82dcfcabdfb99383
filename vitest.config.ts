import { defineConfig } from 'vitest/config';

/** A failover test stops and starts the nodes of a cluster: an election alone may take ten seconds, and a replica's return five minutes. */
const shortMs = 480_000;
/** By the scale of the run, as `libs/testkit/src/scale.ts` has it. */
const systemTestMs =
  { quick: 600_000, full: 3_600_000, long: 24 * 3_600_000 }[process.env['LONGSPAN_SCALE'] ?? ''] ?? shortMs;

/** They put little load on anything, and mostly wait: for answers, for elections, for what is frozen. */
const waiting = ['tests/{contract,bridge,failover,degradation}/**/*.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{libs,services,bench}/**/*.test.{ts,tsx}', '{bootstrap,dev}/**/*.test.{ts,mjs}'],
          exclude: ['**/node_modules/**', '**/dist/**'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          maxWorkers: '100%',
          // Not 0: on a small machine vitest moves a group 0 of one worker behind the others.
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'waiting',
          include: waiting,
          testTimeout: systemTestMs,
          hookTimeout: systemTestMs,
          maxWorkers: process.env['LONGSPAN_SCALE'] === 'quick' ? 3 : 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'system',
          include: ['tests/**/*.test.ts'],
          exclude: [
            ...waiting,
            // Runs whole suites against each sabotaged build, which takes most of an hour.
            ...(process.env['LONGSPAN_SCALE'] === 'long' ? [] : ['tests/mutation/suites.test.ts']),
          ],
          testTimeout: systemTestMs,
          hookTimeout: systemTestMs,
          // Whole clusters under load at once would take the time from each other that their elections need.
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
