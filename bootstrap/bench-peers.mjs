import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm } from './npm-program.mjs';
import { rootFolder, stateFolder } from './paths.mjs';
import { makeStagedFolder } from './staged-folder.mjs';
import { workspaceStamp } from './workspace-install.mjs';

const pinned = join(rootFolder, 'bench', 'peers');
const files = ['package.json', 'package-lock.json'];

/**
 * Installs what the benchmark compares with, exactly as `bench/peers` pins it and apart from the workspace; returns its folder, a
 * new one for other versions.
 *
 * @param {import('./progress.mjs').Progress} progress
 */
export async function installPeers(progress) {
  const stamp = workspaceStamp(readFileSync(join(pinned, 'package-lock.json'))).slice(0, 12);
  const folder = join(stateFolder, 'bench', `peers-${stamp}`);
  if (existsSync(folder)) return folder;
  await progress.step('Installing the peers (npm ci)', (tell) =>
    makeStagedFolder(folder, async (partial) => {
      for (const file of files) copyFileSync(join(pinned, file), join(partial, file));
      await runNpm(['ci', '--ignore-scripts'], partial, tell, 'Installing the peers');
    }),
  );
  return folder;
}

/**
 * The installed versions of the packages that `bench/peers` names.
 *
 * @param {string} folder
 * @returns {Record<string, string>}
 */
export function peerVersions(folder) {
  const { dependencies } = readJson(join(pinned, 'package.json'));
  return Object.fromEntries(
    Object.keys(dependencies).map((name) => [
      name,
      readJson(join(folder, 'node_modules', name, 'package.json')).version,
    ]),
  );
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
