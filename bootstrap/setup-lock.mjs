import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { stateFolder } from './paths.mjs';
import { isProcessOf } from './process-identity.mjs';

const retryMs = 300;

/**
 * Runs `work` while no other process sets up the same work tree: `npm start` and `npm test` at once must not both install it.
 *
 * @template T
 * @param {import('./progress.mjs').Progress} progress
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withSetupLock(progress, work) {
  const file = join(stateFolder, 'setup.lock');
  mkdirSync(dirname(file), { recursive: true });
  if (!tryLock(file)) {
    await progress.step('Waiting for another run that is setting up this folder', async (tell) => {
      while (!tryLock(file)) {
        tell(`process ${holderOf(file) ?? 'unknown'}`);
        await wait(retryMs);
      }
    });
  }
  const unlock = () => rmSync(file, { force: true });
  process.once('exit', unlock);
  try {
    return await work();
  } finally {
    process.off('exit', unlock);
    unlock();
  }
}

function tryLock(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const holder = holderOf(file);
  if (holder !== undefined && !isProcessOf(holder, 'bootstrap')) rmSync(file, { force: true });
  return false;
}

/** Undefined for the moment between the file's creation and its first byte. */
function holderOf(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}
