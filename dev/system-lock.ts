import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProcessOf } from '../bootstrap/process-identity.mjs';
import { SetupError } from '../bootstrap/setup-error.mjs';

/**
 * Claims the state folder for this process: two systems on one NATS store would destroy it.
 *
 * @returns gives the claim up
 * @throws SetupError when a system runs from this folder
 */
export function claimStateFolder(stateFolder: string): () => void {
  const file = join(stateFolder, 'system.pid');
  const holder = readPid(file);
  if (holder !== undefined && holder !== process.pid && isProcessOf(holder, 'start.mjs')) {
    throw new SetupError(
      `Longspan already runs from this folder (process ${holder}). Stop it with Ctrl-C where it runs, then start again.`,
    );
  }
  writeFileSync(file, String(process.pid));
  return () => rmSync(file, { force: true });
}

/** The process id that a pid file holds, or undefined. */
export function readPid(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8').trim()) || undefined;
  } catch {
    return undefined;
  }
}
