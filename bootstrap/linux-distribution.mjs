import { readFileSync } from 'node:fs';

/**
 * What os-release says of this Linux, or undefined elsewhere.
 *
 * @returns {{ id: string, family: 'debian' | 'ubuntu' | undefined, codename: string | undefined } | undefined}
 */
export function linuxDistribution() {
  if (process.platform !== 'linux') return undefined;
  try {
    return parseOsRelease(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return { id: 'linux', family: undefined, codename: undefined };
  }
}

/** @param {string} text the contents of an os-release file (freedesktop.org os-release(5)) */
export function parseOsRelease(text) {
  const fields = new Map();
  for (const line of text.split('\n')) {
    const found = /^([A-Z_]+)=(?:"([^"]*)"|'([^']*)'|(.*))$/u.exec(line.trim());
    if (found !== null) fields.set(found[1], found[2] ?? found[3] ?? found[4]);
  }
  const names = [fields.get('ID') ?? 'linux', ...(fields.get('ID_LIKE') ?? '').split(' ')];
  const family = names.includes('ubuntu') ? 'ubuntu' : names.includes('debian') ? 'debian' : undefined;
  return { id: names[0], family, codename: fields.get('UBUNTU_CODENAME') ?? fields.get('VERSION_CODENAME') };
}

/** Whether this process may install the distribution's packages: root on Debian, Ubuntu or one derived from them. */
export function mayInstallPackages() {
  return process.getuid?.() === 0 && linuxDistribution()?.family !== undefined;
}
