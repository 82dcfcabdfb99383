import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runNpm } from './npm-program.mjs';
import { rootFolder, stateFolder } from './paths.mjs';

const stampFile = join(stateFolder, 'workspace.stamp');

/**
 * Installs the workspace's dependencies exactly as the lock file pins them, unless that has been done for this lock file.
 * Install scripts do not run: none of the dependencies needs one (the native parts come as packages of their own).
 *
 * @param {import('./progress.mjs').Progress} progress
 */
export async function installWorkspace(progress) {
  const stamp = workspaceStamp(readFileSync(join(rootFolder, 'package-lock.json')));
  if (readStamp() === stamp && existsSync(join(rootFolder, 'node_modules', '.package-lock.json'))) return;
  if (!isInstalledByHand()) {
    await progress.step('Installing the dependencies (npm ci)', async (tell) => {
      rmSync(stampFile, { force: true });
      // NODE_ENV=production, where it is set, would leave out what builds the console and runs the tests.
      await runNpm(
        ['ci', '--ignore-scripts', '--include=dev', '--include=optional'],
        rootFolder,
        tell,
        'Installing the dependencies',
      );
    });
  }
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
}

/**
 * Names what is installed: the lock file and the platform, since optional native packages differ.
 *
 * @param {Buffer | string} lockFile the lock file's contents
 */
export function workspaceStamp(lockFile) {
  const hash = createHash('sha256').update(lockFile).digest('hex');
  return `${hash} ${process.platform}-${process.arch}`;
}

/**
 * Whether an installation (node_modules/.package-lock.json) is what a lock file asks for: every package in its version, none missing
 * but optional ones.
 *
 * @param {LockFile} lock
 * @param {LockFile} installed
 * @typedef {{ packages?: Record<string, { version?: string, optional?: boolean, link?: boolean, peer?: boolean }> }} LockFile
 */
export function matchesLock(lock, installed) {
  const wanted = Object.entries(lock.packages ?? {}).filter(([path]) => path.includes('node_modules/'));
  const present = installed.packages ?? {};
  return wanted.every(([path, { version, optional }]) => {
    const found = present[path];
    return found === undefined ? optional === true : found.version === version;
  });
}

/** Who has already run `npm ci` or `npm install` should not wait for it again. */
function isInstalledByHand() {
  if (readStamp() !== undefined) return false;
  try {
    const installed = readJson(join(rootFolder, 'node_modules', '.package-lock.json'));
    return matchesLock(readJson(join(rootFolder, 'package-lock.json')), installed);
  } catch {
    return false;
  }
}

function readStamp() {
  return existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : undefined;
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
