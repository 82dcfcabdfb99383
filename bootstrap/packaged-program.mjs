import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { machineArchive } from './machine-archive.mjs';
import { firstAptError, privateApt } from './private-apt.mjs';
import { lastLines, runCommand } from './run-command.mjs';
import { makeStagedFolder } from './staged-folder.mjs';

/**
 * A program of the distribution that is linked to libraries of its own.
 *
 * @typedef {object} PackagedProgram
 * @property {string} packageName
 * @property {string} path of the program within the packages, such as `usr/sbin/haproxy`
 * @property {readonly string[]} trial arguments with which it ends at once, to see that it runs
 */

/** Runs the unpacked program with the libraries that were unpacked beside it. */
const launcher = (path) => `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
for libraries in "$here"/contents/usr/lib/*-linux-gnu* "$here"/contents/lib/*-linux-gnu*; do
  LD_LIBRARY_PATH="$libraries\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
done
export LD_LIBRARY_PATH
exec "$here/contents/${path}" "$@"
`;

/**
 * Fetches a program, and what it needs that this machine does not have, from the archive of this Debian or Ubuntu into
 * `folder` (`folder`/its name): no root, nothing installed. apt checks the archive's signature.
 *
 * @param {PackagedProgram} program
 * @param {string} folder
 * @param {(detail: string) => void} tell
 * @returns {Promise<{ found: true } | { found: false, reason: string }>}
 */
export async function fetchPackagedProgram(program, folder, tell) {
  const machine = machineArchive();
  if ('reason' in machine) return notFound(machine.reason);
  try {
    await makeStagedFolder(folder, async (partial) => {
      await downloadPackages(program, machine.archive, partial, tell);
      await unpack(program, partial);
    });
    return { found: true };
  } catch (error) {
    return notFound(error.message);
  }
}

async function downloadPackages({ packageName }, source, partial, tell) {
  const apt = privateApt(join(partial, 'apt'), source);
  const run = (...args) => runCommand('apt-get', [...apt, ...args], { cwd: partial, onLine: tell });
  const updated = await run('update');
  if (updated.code !== 0) throw new Error(`it cannot be read: ${firstAptError(updated.stderr)}`);
  const planned = await run('install', '--simulate', '--no-install-recommends', packageName);
  const packages = plannedPackages(planned.stdout);
  if (planned.code !== 0 || packages.length === 0) {
    throw new Error(`it has no ${packageName} for this machine: ${firstAptError(planned.stderr)}`);
  }
  const fetched = await run('download', ...packages);
  if (fetched.code !== 0) throw new Error(`the download failed: ${firstAptError(fetched.stderr)}`);
}

/** Leaves in `partial` what the packages hold, and the program that starts it. */
async function unpack({ path, trial }, partial) {
  for (const file of readdirSync(partial).filter((name) => name.endsWith('.deb'))) {
    const unpacked = await runCommand('dpkg', ['-x', join(partial, file), join(partial, 'contents')]);
    if (unpacked.code !== 0) throw new Error(`${file} cannot be unpacked: ${lastLines(unpacked, 2)}`);
    rmSync(join(partial, file));
  }
  rmSync(join(partial, 'apt'), { recursive: true });
  const program = join(partial, basename(path));
  writeFileSync(program, launcher(path));
  chmodSync(program, 0o755);
  const answer = await runCommand(program, trial, { timeoutMs: 10_000 });
  if (answer.code !== 0) throw new Error(`its program does not run on this system: ${lastLines(answer, 1)}`);
}

/**
 * The packages that `apt-get --simulate install` would install: the one asked for and what it needs that is not there.
 *
 * @param {string} plan what it prints, such as `Inst haproxy (2.6.12-1 Debian:12/stable [amd64])`
 */
export function plannedPackages(plan) {
  return [...plan.matchAll(/^Inst (\S+) (?:\[\S+\] )?\((\S+) /gmu)].map(
    ([, name, version]) => `${name}=${version}`,
  );
}

function notFound(reason) {
  return { found: false, reason };
}
