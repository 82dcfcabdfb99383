// `npm run bench`: sets up what is missing, the peers included, and measures. Runs on Node 20 as well.
import { fileURLToPath } from 'node:url';
import { provideBenchEnvironment } from './bench-environment.mjs';
import { parseBenchOptions, usage } from './bench-options.mjs';
import { interruptible, runEntry } from './entry.mjs';
import { onParentDeath } from './parent-death.mjs';
import { createProgress } from './progress.mjs';
import { withSetupLock } from './setup-lock.mjs';

await runEntry(fileURLToPath(import.meta.url), async (standard) => {
  const options = parseBenchOptions(process.argv.slice(2));
  if (options.help) return standard.say(usage);
  // Standard output is for the result alone, where it is asked for.
  const progress = options.json ? createProgress(process.stderr) : standard;
  const environment = await interruptible(() =>
    withSetupLock(progress, () => provideBenchEnvironment(progress)),
  );
  // Only now: these need a Node that runs TypeScript, and the dependencies.
  const { bench } = await import('../bench/src/bench.ts');
  Object.assign(process.env, environment.env);
  onParentDeath(() => process.exit(1));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
  process.exit(await bench(options, environment, progress));
});
