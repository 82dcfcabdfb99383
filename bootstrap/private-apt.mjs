import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findExecutables } from './find-executable.mjs';

/** The archive that a source names cannot be read. */
export class UnreachableError extends Error {}

/** Whether this machine has what it takes to fetch packages without installing them. */
export function hasAptTools() {
  return ['apt-get', 'apt-cache', 'dpkg'].every((tool) => findExecutables(tool).length > 0);
}

/**
 * Options that make apt use one source and keep all it writes in `folder`; the machine's proxies and keys still count.
 *
 * @param {string} folder
 * @param {{ uri: string, suite: string, components: string, options: string }} source
 * @returns {string[]}
 */
export function privateApt(folder, source) {
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
 * What apt names as the cause of a failure.
 *
 * @param {string} stderr
 */
export function firstAptError(stderr) {
  const error = stderr.split('\n').find((line) => line.startsWith('E: ')) ?? 'apt gives no reason';
  return error.slice('E: '.length).replaceAll(/\s+/gu, ' ');
}
