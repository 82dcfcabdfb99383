import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mainArchive, readAptSources } from './apt-sources.mjs';
import { findExecutables, isExecutable } from './find-executable.mjs';
import { linuxDistribution } from './linux-distribution.mjs';
import { leastNatsVersion, natsVersionOf } from './nats-version.mjs';
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
  if (['apt-get', 'apt-cache', 'dpkg'].some((tool) => findExecutables(tool).length === 0)) {
    return notFound('apt-get, apt-cache and dpkg are not all on the PATH');
  }
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

class UnreachableError extends Error {}

async function downloadPackage(source, partial, tell) {
  const apt = privateApt(join(partial, 'apt'), source);
  const updated = await runCommand('apt-get', [...apt, 'update'], { onLine: tell });
  if (updated.code !== 0) throw new UnreachableError(`it cannot be read: ${firstError(updated.stderr)}`);
  const shown = await runCommand('apt-cache', [...apt, 'show', 'nats-server']);
  const offered = newestVersion(shown.stdout);
  if (offered === undefined) throw new Error('it has no nats-server');
  if (!isAtLeast(parseVersion(offered) ?? [], leastNatsVersion)) throw new Error(`it has only ${offered}`);
  const download = [...apt, 'download', `nats-server=${offered}`];
  const fetched = await runCommand('apt-get', download, { cwd: partial, onLine: tell });
  const packageFile = readdirSync(partial).find((name) => name.endsWith('.deb'));
  if (packageFile === undefined) throw new Error(`the download failed: ${firstError(fetched.stderr)}`);
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
 * Options that make apt use one source and keep all it writes in `folder`; the machine's proxies and keys still count.
 *
 * @param {string} folder
 * @param {{ uri: string, suite: string, components: string, options: string }} source
 */
function privateApt(folder, source) {
  mkdirSync(join(folder, 'lists', 'partial'), { recursive: true });
  mkdirSync(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
  const sourceList = join(folder, 'sources.list');
  writeFileSync(sourceList, `deb ${source.options} ${source.uri} ${source.suite} ${source.components}\n`);
  const configuration = join(folder, 'apt.conf');
  writeFileSync(
    configuration,
    [
      `Dir::State::Lists "${join(folder, 'lists')}";`,
      `Dir::Cache "${join(folder, 'cache')}";`,
      `Dir::Etc::SourceList "${sourceList}";`,
      'Dir::Etc::SourceParts "/dev/null";',
      'Dir::Etc::Preferences "/dev/null";',
      'Dir::Etc::PreferencesParts "/dev/null";',
      'Acquire::Languages "none";',
      'Acquire::Retries "2";',
      'Acquire::http::Timeout "30";',
      // Without this, apt calls an update that reached nothing a success.
      'APT::Update::Error-Mode "any";',
      'APT::Sandbox::User "";',
      // What the distribution hangs on an update (command-not-found, AppStream) is not ours to trigger.
      '#clear APT::Update::Pre-Invoke;',
      '#clear APT::Update::Post-Invoke;',
      '#clear APT::Update::Post-Invoke-Success;',
      '',
    ].join('\n'),
  );
  return ['-c', configuration];
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

/** apt marks errors with `E:`; the first one names the cause. */
function firstError(stderr) {
  const error = stderr.split('\n').find((line) => line.startsWith('E: ')) ?? 'apt gives no reason';
  return error.slice('E: '.length).replaceAll(/\s+/gu, ' ');
}

function notFound(reason) {
  return { found: false, reason };
}
