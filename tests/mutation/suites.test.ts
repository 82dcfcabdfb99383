import { sabotageEnv, type SabotageName } from '@longspan/testkit';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CASES } from './cases.ts';

const ROOT = join(import.meta.dirname, '../..');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const WITHIN_MS = 600_000;

const names = (Object.keys(CASES) as SabotageName[]).filter(
  (name) => CASES[name].suite !== 'mutation/mutation',
);

test.each(names)('the suite that is named for a build that %s fails against it', async (name) => {
  // Runs at scale `long` only (vitest.config.ts).
  // Goal: not only the small scenarios here, but the suites that guard the product every day, would notice.
  // Method: run the suite's file as it is, with its services and its simulator sabotaged.
  const { suite } = CASES[name];
  const env = { ...process.env, ...sabotageEnv(name), LONGSPAN_SCALE: 'short' };
  const args = [VITEST, 'run', `tests/${suite}.test.ts`, '--bail=1'];
  const said = await new Promise<{ readonly failed: boolean; readonly output: string }>((resolve) => {
    execFile(process.execPath, args, { cwd: ROOT, env, timeout: WITHIN_MS }, (error, stdout, stderr) =>
      resolve({ failed: error !== null, output: `${stdout}${stderr}` }),
    );
  });
  expect(said.output).toContain('1 failed');
  expect(said.failed).toBe(true);
});
