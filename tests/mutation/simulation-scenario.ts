import { sabotagedFiles, sabotageEnv } from '@longspan/testkit';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Scenario } from './stage.ts';

const SIMULATOR = fileURLToPath(new URL('../../libs/testkit/src/simulator/main.ts', import.meta.url));
const WITHIN_MS = 120_000;

/** The simulator, over the same schedules for each build. */
export const simulation = simulate(['--seed', '1', '--schedules', '1000']);
/** Fewer kinds of trouble, and more of each. */
export const simulatedHerd = simulate([
  '--seed',
  '1',
  '--schedules',
  '400',
  '--scenario',
  'a herd in a busy shard',
]);
export const simulatedRollback = simulate([
  '--seed',
  '2000',
  '--schedules',
  '400',
  '--scenario',
  'a lost tail',
]);

function simulate(options: readonly string[]): Scenario {
  return (sabotage) =>
    new Promise((resolve, reject) => {
      const env = {
        PATH: process.env['PATH'] ?? '',
        ...(sabotage === undefined ? {} : sabotageEnv(sabotage)),
      };
      const args = [SIMULATOR, ...options];
      execFile(process.execPath, args, { env, timeout: WITHIN_MS }, (error, stdout, stderr) => {
        const words = `${stdout}${stderr}`;
        if (error && error.code !== 1)
          reject(new Error(`the simulator itself has failed: ${words}`, { cause: error }));
        else resolve({ faults: error ? ['simulation'] : [], words, sabotagedFiles: sabotagedFiles(stderr) });
      });
    });
}
