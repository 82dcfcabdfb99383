import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

const stalePartialMs = 3_600_000;

/**
 * Makes a folder all at once: `fill` works in a folder of a temporary name beside it, which gets the final name when everything is
 * there. An interrupted or concurrent run therefore never sees half of it; of two at once, the first to finish wins.
 *
 * @param {string} folder the final name
 * @param {(partial: string) => Promise<void>} fill
 */
export async function makeStagedFolder(folder, fill) {
  const parent = dirname(folder);
  mkdirSync(parent, { recursive: true });
  removeStalePartials(parent, basename(folder));
  const partial = join(parent, `${basename(folder)}.partial-${process.pid}`);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial);
  try {
    await fill(partial);
    putInPlace(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

function putInPlace(partial, folder) {
  try {
    renameSync(partial, folder);
  } catch (error) {
    if (!['EEXIST', 'ENOTEMPTY', 'EPERM'].includes(error.code)) throw error;
    // Something has this name: another run's result, or a cache that no longer passed its check. Ours is known to be good.
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
  }
}

function removeStalePartials(parent, name) {
  for (const entry of readdirSync(parent)) {
    if (!entry.startsWith(`${name}.partial-`)) continue;
    const path = join(parent, entry);
    if (Date.now() - statSync(path).mtimeMs > stalePartialMs) rmSync(path, { recursive: true, force: true });
  }
}
