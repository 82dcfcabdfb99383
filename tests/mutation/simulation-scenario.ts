import { sabotagedFiles, sabotageEnv } from '@longspan/testkit';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Scenario } from './stage.ts';

const SIMULATOR = fileURLToPath(new URL('../../libs/testkit/src/simulator/main.ts', import.meta.url));
const SCHEDULES = 400;
const WITHIN_MS = 120_000;

/** The simulator, over the same schedules for each build. */
export const simulation: Scenario = (sabotage) =>
  new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'] ?? '', ...(sabotage === undefined ? {} : sabotageEnv(sabotage)) };
    const args = [SIMULATOR, '--schedules', String(SCHEDULES), '--seed', '1'];
    execFile(process.execPath, args, { env, timeout: WITHIN_MS }, (error, stdout, stderr) => {
      const words = `${stdout}${stderr}`;
      if (error && error.code !== 1)
        reject(new Error(`the simulator itself has failed: ${words}`, { cause: error }));
      else resolve({ faults: error ? ['simulation'] : [], words, sabotagedFiles: sabotagedFiles(stderr) });
    });
  });
