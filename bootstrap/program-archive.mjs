import { chmodSync, copyFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isExecutable } from './find-executable.mjs';
import { machineArchive } from './machine-archive.mjs';
import { firstAptError, privateApt, UnreachableError } from './private-apt.mjs';
import { lastLines, runCommand } from './run-command.mjs';
import { makeStagedFolder } from './staged-folder.mjs';
import { isAtLeast, parseVersion } from './version.mjs';

/** Suites in which to look, newest packages first that are known to be stable enough. */
const suitesOf = {
  debian: ['testing', 'unstable', 'stable'],
  // Ubuntu's name for the release that is being made.
  ubuntu: ['devel'],
};

/**
 * A program that needs nothing but the C library, as those written in Go do: a newer suite's runs on an older system.
 *
 * @typedef {object} ArchiveProgram
 * @property {string} name of its file
 * @property {readonly string[]} packages that may hold it, the likeliest first
 * @property {readonly number[]} least the oldest version that will do
 * @property {(path: string) => Promise<readonly number[] | undefined>} versionOf what the program tells, undefined where it does not run
 */

/**
 * Fetches a program from the archive of this Debian or Ubuntu, from a newer suite where need be, into `folder` (`folder`/`name`): no root,
 * nothing installed, nothing of the system changed. apt checks the archive's signature.
 *
 * @param {ArchiveProgram} program
 * @param {string} folder
 * @param {(detail: string) => void} tell
 * @returns {Promise<{ found: true } | { found: false, reason: string }>}
 */
export async function fetchProgramFromArchive(program, folder, tell) {
  const found = machineArchive();
  if ('reason' in found) return notFound(found.reason);
  const reasons = [];
  for (const suite of suitesOf[found.family]) {
    tell(`looking in ${found.family} ${suite}`);
    const result = await fetchFromSuite(program, { ...found.archive, suite }, folder, tell);
    if (result.found) return result;
    // An archive that cannot be reached has no other suite either.
    if (result.isUnreachable) return notFound(result.reason);
    reasons.push(`${suite}: ${result.reason}`);
  }
  return notFound(reasons.join('; '));
}

async function fetchFromSuite(program, source, folder, tell) {
  try {
    await makeStagedFolder(folder, async (partial) => {
      const packageFile = await downloadPackage(program, source, partial, tell);
      await unpackProgram(program, partial, packageFile);
    });
    return { found: true };
  } catch (error) {
    return { ...notFound(error.message), isUnreachable: error instanceof UnreachableError };
  }
}

async function downloadPackage(program, source, partial, tell) {
  // What is installed on this machine is no offer of the archive.
  const apt = [...privateApt(join(partial, 'apt'), source), '-o', 'Dir::State::status=/dev/null'];
  const updated = await runCommand('apt-get', [...apt, 'update'], { onLine: tell });
  if (updated.code !== 0) throw new UnreachableError(`it cannot be read: ${firstAptError(updated.stderr)}`);
  const shown = await runCommand('apt-cache', [...apt, 'show', ...program.packages]);
  const offer = bestOffer(shown.stdout, program.packages);
  if (offer === undefined) throw new Error(`it has no ${program.name}`);
  const { packageName, version } = offer;
  if (!isAtLeast(parseVersion(version) ?? [], program.least)) throw new Error(`it has only ${version}`);
  const download = [...apt, 'download', `${packageName}=${version}`];
  const fetched = await runCommand('apt-get', download, { cwd: partial, onLine: tell });
  const packageFile = readdirSync(partial).find((name) => name.endsWith('.deb'));
  if (packageFile === undefined) throw new Error(`the download failed: ${firstAptError(fetched.stderr)}`);
  return packageFile;
}

/** Leaves only the program in `partial`. */
async function unpackProgram({ name, versionOf }, partial, packageFile) {
  const contents = join(partial, 'contents');
  const unpacked = await runCommand('dpkg', ['-x', join(partial, packageFile), contents]);
  if (unpacked.code !== 0) throw new Error(`the package cannot be unpacked: ${lastLines(unpacked, 2)}`);
  const program = [`usr/sbin/${name}`, `usr/bin/${name}`]
    .map((path) => join(contents, path))
    .find((path) => isExecutable(path));
  if (program === undefined) throw new Error(`the package holds no ${name} program`);
  const target = join(partial, name);
  copyFileSync(program, target);
  chmodSync(target, 0o755);
  if ((await versionOf(target)) === undefined) throw new Error('its program does not run on this system');
  for (const leftover of ['contents', 'apt', packageFile])
    rmSync(join(partial, leftover), { recursive: true });
}

/**
 * The newest version of the first of `packages` among the stanzas that `apt-cache show` prints (the format of a Packages index).
 *
 * @param {string} stanzas
 * @param {readonly string[]} packages
 */
export function bestOffer(stanzas, packages) {
  const offers = stanzas.split(/\n\s*\n/u).map((stanza) => ({
    packageName: /^Package: (\S+)$/mu.exec(stanza)?.[1],
    version: /^Version: (\S+)$/mu.exec(stanza)?.[1],
  }));
  const packageName = packages.find((name) => offers.some((offer) => offer.packageName === name));
  const versions = offers.flatMap((offer) => (offer.packageName === packageName ? [offer.version] : []));
  if (packageName === undefined || versions.length === 0) return undefined;
  const version = versions.reduce((newest, one) =>
    isAtLeast(parseVersion(newest) ?? [], parseVersion(one) ?? []) ? newest : one,
  );
  return { packageName, version };
}

function notFound(reason) {
  return { found: false, reason };
}
