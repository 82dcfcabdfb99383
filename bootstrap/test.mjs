// `npm test`: sets up what is missing, then runs the checks and every test. Runs on Node 20 as well.
// Arguments go to vitest, and with any the checks are left out: `npm test -- tests/failover`.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { binPath, runChecks } from './checks.mjs';
import { provideChromium } from './chromium.mjs';
import { provideDockerEngine } from './docker-engine.mjs';
import { interruptible, runEntry } from './entry.mjs';
import { provideNatsImage } from './nats-image.mjs';
import { noNats, provideNatsProgram } from './nats-server.mjs';
import { onParentDeath } from './parent-death.mjs';
import { rootFolder, stateFolder } from './paths.mjs';
import { withSetupLock } from './setup-lock.mjs';
import { SetupError } from './setup-error.mjs';
import { summarise } from './test-summary.mjs';
import { installWorkspace } from './workspace-install.mjs';

await runEntry(fileURLToPath(import.meta.url), async (progress) => {
  const setup = await interruptible(() => withSetupLock(progress, () => setUp(progress)));
  for (const line of setup.lines) progress.say(line);
  const vitestArgs = process.argv.slice(2);
  const checks =
    vitestArgs.length === 0 ? await interruptible(() => runChecks(progress)) : { passed: 0, failed: 0 };
  const run = await runVitest(vitestArgs, setup.env);
  const { lines, counts } = summarise(run, checks, setup);
  progress.say(`\n${lines.join('\n')}`);
  process.exit(counts.failed > 0 || run.exitCode !== 0 ? 1 : 0);
});

/** Provides what the tests need and tells them by environment variables; what cannot be had is told in `lines`. */
async function setUp(progress) {
  await installWorkspace(progress);
  const nats = await provideNatsProgram(progress);
  const program = 'path' in nats ? nats.path : undefined;
  const docker = await provideDockerEngine(progress);
  const image = 'engine' in docker ? await provideNatsImage(docker.engine, program, progress) : docker;
  const chromium = await provideChromium(progress);
  if (program === undefined && !('image' in image)) throw noNats([...nats.reasons, image.missing]);

  const hasDocker = 'image' in image;
  const lines = [
    program === undefined ? 'nats-server: none on this machine' : `nats-server: ${program}`,
    hasDocker
      ? `NATS image: ${image.image}`
      : `Failover tests run against nats-server processes: ${image.missing}`,
    'path' in chromium ? `Chromium: ${chromium.path}` : `Browser tests are skipped: ${chromium.missing}`,
  ];
  const env = {
    ...process.env,
    TESTCONTAINERS_RYUK_DISABLED: 'true',
    ...(program === undefined ? {} : { LONGSPAN_TEST_NATS_SERVER: program }),
    ...(hasDocker ? { LONGSPAN_TEST_NATS_IMAGE: image.image, DOCKER_HOST: docker.engine.where } : {}),
    ...('path' in chromium ? { CHROME_PATH: chromium.path } : {}),
  };
  return {
    env,
    lines,
    hasDocker,
    ...(hasDocker ? {} : { dockerMissing: image.missing }),
    ...('path' in chromium ? {} : { chromiumMissing: chromium.missing }),
  };
}

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
