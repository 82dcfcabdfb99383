// `npm run validate`: sets up what is missing, runs every suite and writes what was seen into `reports/`. Runs on Node 20 as well.
import { fileURLToPath } from 'node:url';
import { interruptible, runEntry } from './entry.mjs';
import { withSetupLock } from './setup-lock.mjs';
import { provideTestEnvironment } from './test-environment.mjs';
import { parseValidateOptions, usage } from './validate-options.mjs';

await runEntry(fileURLToPath(import.meta.url), async (progress) => {
  const options = parseValidateOptions(process.argv.slice(2));
  if (options.help) return progress.say(usage);
  const environment = await interruptible(() =>
    withSetupLock(progress, () => provideTestEnvironment(progress)),
  );
  // Only now: this file needs a Node that runs TypeScript, and the dependencies.
  const { reportOnly, validate } = await import('./validation.mjs');
  process.exit(options.reportOnly ? await reportOnly(progress) : await validate(options, environment));
});
