import { runCommand, lastLines } from './run-command.mjs';

const aptEnvironment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
const impatience = [
  '-o',
  'Acquire::Retries=2',
  '-o',
  'Acquire::http::Timeout=30',
  '-o',
  'DPkg::Lock::Timeout=120',
];

/**
 * Installs packages of Debian or Ubuntu system-wide; for root only. Never rejects.
 *
 * @param {readonly string[]} packages
 * @param {(line: string) => void} onLine told what is going on
 * @returns {Promise<{ installed: true } | { installed: false, reason: string }>}
 */
export async function installPackages(packages, onLine) {
  const run = (...args) => runCommand('apt-get', [...impatience, ...args], { env: aptEnvironment, onLine });
  // A list that cannot be refreshed may still name what we need (one of several sources is often unreachable).
  const updated = await run('update');
  const installed = await run('install', '--yes', '--no-install-recommends', ...packages);
  if (installed.code === 0) return { installed: true };
  const reason = lastLines(installed, 2) || lastLines(updated, 2);
  return { installed: false, reason: `apt-get could not install ${packages.join(', ')}: ${reason}` };
}
