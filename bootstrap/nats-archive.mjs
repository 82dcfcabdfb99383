import { chmodSync, copyFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mainArchive, readAptSources } from './apt-sources.mjs';
import { isExecutable } from './find-executable.mjs';
import { linuxDistribution } from './linux-distribution.mjs';
import { leastNatsVersion, natsVersionOf } from './nats-version.mjs';
import { firstAptError, hasAptTools, privateApt, UnreachableError } from './private-apt.mjs';
import { lastLines, runCommand } from './run-command.mjs';
import { makeStagedFolder } from './staged-folder.mjs';
import { isAtLeast, parseVersion } from './version.mjs';

/** Suites in which to look, newest packages first that are known to be stable enough. */
const suitesOf = {
  debian: { names: ['testing', 'unstable', 'stable'], components: 'main' },
  // `devel` is Ubuntu's name for the release that is being made.
  ubuntu: { names: ['devel'], components: 'main universe' },
};

/**
 * Fetches nats-server from the archive of this Debian or Ubuntu into `folder` (`folder`/nats-server): no root, nothing installed, nothing of
 * the system changed. apt checks the archive's signature.
 *
 * @param {string} folder
 * @param {(detail: string) => void} tell
 * @returns {Promise<{ found: true } | { found: false, reason: string }>}
 */
export async function fetchNatsServerFromArchive(folder, tell) {
  const distribution = linuxDistribution();
  if (distribution?.family === undefined) return notFound('this is neither Debian nor Ubuntu');
  if (!hasAptTools()) return notFound('apt-get, apt-cache and dpkg are not all on the PATH');
  const archive = mainArchive(readAptSources(), distribution);
  if (archive === undefined) return notFound("apt's sources do not name this distribution's archive");
  const { names, components } = suitesOf[distribution.family];
  const reasons = [];
  for (const suite of names) {
    tell(`looking in ${distribution.family} ${suite}`);
    const result = await fetchFromSuite({ ...archive, suite, components }, folder, tell);
    if (result.found) return result;
    // An archive that cannot be reached has no other suite either.
    if (result.isUnreachable) return notFound(result.reason);
    reasons.push(`${suite}: ${result.reason}`);
  }
  return notFound(reasons.join('; '));
}

async function fetchFromSuite(source, folder, tell) {
  try {
    await makeStagedFolder(folder, async (partial) => {
      const packageFile = await downloadPackage(source, partial, tell);
      await unpackServer(partial, packageFile);
    });
    return { found: true };
  } catch (error) {
    return { ...notFound(error.message), isUnreachable: error instanceof UnreachableError };
  }
}

async function downloadPackage(source, partial, tell) {
  const apt = privateApt(join(partial, 'apt'), source);
  const updated = await runCommand('apt-get', [...apt, 'update'], { onLine: tell });
  if (updated.code !== 0) throw new UnreachableError(`it cannot be read: ${firstAptError(updated.stderr)}`);
  const shown = await runCommand('apt-cache', [...apt, 'show', 'nats-server']);
  const offered = newestVersion(shown.stdout);
  if (offered === undefined) throw new Error('it has no nats-server');
  if (!isAtLeast(parseVersion(offered) ?? [], leastNatsVersion)) throw new Error(`it has only ${offered}`);
  const download = [...apt, 'download', `nats-server=${offered}`];
  const fetched = await runCommand('apt-get', download, { cwd: partial, onLine: tell });
  const packageFile = readdirSync(partial).find((name) => name.endsWith('.deb'));
  if (packageFile === undefined) throw new Error(`the download failed: ${firstAptError(fetched.stderr)}`);
  return packageFile;
}

/** Leaves only the program in `partial`. */
async function unpackServer(partial, packageFile) {
  const contents = join(partial, 'contents');
  const unpacked = await runCommand('dpkg', ['-x', join(partial, packageFile), contents]);
  if (unpacked.code !== 0) throw new Error(`the package cannot be unpacked: ${lastLines(unpacked, 2)}`);
  const program = ['usr/sbin/nats-server', 'usr/bin/nats-server']
    .map((path) => join(contents, path))
    .find((path) => isExecutable(path));
  if (program === undefined) throw new Error('the package holds no nats-server program');
  const target = join(partial, 'nats-server');
  copyFileSync(program, target);
  chmodSync(target, 0o755);
  if ((await natsVersionOf(target)) === undefined) throw new Error('its program does not run on this system');
  for (const leftover of ['contents', 'apt', packageFile])
    rmSync(join(partial, leftover), { recursive: true });
}

/**
 * The newest version among the stanzas that `apt-cache show` prints (the format of a Packages index).
 *
 * @param {string} stanzas
 */
export function newestVersion(stanzas) {
  const versions = [...stanzas.matchAll(/^Version: (\S+)$/gmu)].map(([, version]) => version);
  return versions.reduce((newest, version) => {
    return newest !== undefined && isAtLeast(parseVersion(newest) ?? [], parseVersion(version) ?? [])
      ? newest
      : version;
  }, undefined);
}

function notFound(reason) {
  return { found: false, reason };
}
