// `npm test`: sets up what is missing, then runs the checks and every test. Runs on Node 20 as well.
// Arguments go to vitest, and with any the checks are left out: `npm test -- tests/failover`.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { binPath, runChecks } from './checks.mjs';
import { interruptible, runEntry } from './entry.mjs';
import { onParentDeath } from './parent-death.mjs';
import { rootFolder, stateFolder } from './paths.mjs';
import { withSetupLock } from './setup-lock.mjs';
import { SetupError } from './setup-error.mjs';
import { provideTestEnvironment } from './test-environment.mjs';
import { summarise } from './test-summary.mjs';

await runEntry(fileURLToPath(import.meta.url), async (progress) => {
  const setup = await interruptible(() => withSetupLock(progress, () => provideTestEnvironment(progress)));
  for (const line of setup.lines) progress.say(line);
  const vitestArgs = process.argv.slice(2);
  const checks =
    vitestArgs.length === 0 ? await interruptible(() => runChecks(progress)) : { passed: 0, failed: 0 };
  const run = await runVitest(vitestArgs, setup.env);
  const { lines, counts } = summarise(run, checks, setup);
  progress.say(`\n${lines.join('\n')}`);
  process.exit(counts.failed > 0 || run.exitCode !== 0 ? 1 : 0);
});

/** Runs vitest in the foreground and reads what our reporter wrote. */
async function runVitest(args, env) {
  const summaryFile = join(stateFolder, `test-summary-${process.pid}.json`);
  mkdirSync(stateFolder, { recursive: true });
  const reporters = [
    '--reporter=default',
    `--reporter=${join(rootFolder, 'bootstrap', 'summary-reporter.mjs')}`,
  ];
  const vitest = spawn(process.execPath, [binPath('vitest', 'vitest'), 'run', ...reporters, ...args], {
    cwd: rootFolder,
    env: { ...env, LONGSPAN_TEST_SUMMARY: summaryFile },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => vitest.kill(signal));
  onParentDeath(() => vitest.kill('SIGTERM'));
  const exitCode = await new Promise((resolve) => {
    vitest.on('error', () => resolve(-1));
    vitest.on('exit', (code) => resolve(code ?? 1));
  });
  try {
    return { ...JSON.parse(readFileSync(summaryFile, 'utf8')), exitCode };
  } catch (error) {
    throw new SetupError('The tests ended before they could report. What they printed above says why.', {
      cause: error,
    });
  } finally {
    rmSync(summaryFile, { force: true });
  }
}
