// `npm start`: sets up what is missing, then runs the whole system on this machine. Runs on Node 20 as well.
import { fileURLToPath } from 'node:url';
import { interruptible, runEntry } from './entry.mjs';
import { removeLeftBehindContainer, startNatsContainer } from './nats-container.mjs';
import { provideNats } from './nats-server.mjs';
import { rootFolder, stateFolder } from './paths.mjs';
import { withSetupLock } from './setup-lock.mjs';
import { parseStartOptions, usage } from './start-options.mjs';
import { installWorkspace } from './workspace-install.mjs';

await runEntry(fileURLToPath(import.meta.url), async (progress) => {
  const { observe, help } = parseStartOptions(process.argv.slice(2));
  if (help) return progress.say(usage);
  const nats = await interruptible(() =>
    withSetupLock(progress, async () => {
      await installWorkspace(progress);
      return await provideNats(progress);
    }),
  );
  // Only now: this file needs a Node that runs TypeScript, and the dependencies.
  const { startSystem } = await import('../dev/start.ts');
  const container = { removeLeftBehind: removeLeftBehindContainer, start: startNatsContainer };
  await startSystem({ rootFolder, stateFolder, progress, nats, container, observe });
});
