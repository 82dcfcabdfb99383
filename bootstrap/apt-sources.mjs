import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {{ readonly uri: string, readonly suite: string, readonly components: readonly string[], readonly options: string }} AptSource
 *   `options` is the bracketed part of a one-line entry, such as `[signed-by=/usr/share/keyrings/x.gpg]`, or empty
 */

/**
 * Reads a sources.list file (one-line style, apt's sources.list(5)).
 *
 * @param {string} text
 * @returns {AptSource[]}
 */
export function parseSourcesList(text) {
  const sources = [];
  for (const line of text.split('\n')) {
    const found = /^deb\s+(\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s*(.*)$/u.exec(line.replace(/#.*/u, '').trim());
    if (found === null) continue;
    const [, options = '', uri, suite, components] = found;
    sources.push({ uri, suite, components: words(components), options: options.trim() });
  }
  return sources;
}

/**
 * Reads a .sources file (deb822 style). Embedded keys are left out: apt then uses its trusted ones.
 *
 * @param {string} text
 * @returns {AptSource[]}
 */
export function parseDeb822Sources(text) {
  const sources = [];
  for (const stanza of text.split(/\n\s*\n/u)) {
    const fields = new Map();
    for (const line of stanza.split('\n')) {
      const found = /^([A-Za-z-]+):\s*(.*)$/u.exec(line);
      if (found !== null) fields.set(found[1].toLowerCase(), found[2].trim());
    }
    const isOn = words(fields.get('types')).includes('deb') && fields.get('enabled') !== 'no';
    if (!isOn) continue;
    const keyring = fields.get('signed-by') ?? '';
    const options = keyring.startsWith('/') ? `[signed-by=${words(keyring).join(',')}]` : '';
    for (const uri of words(fields.get('uris'))) {
      for (const suite of words(fields.get('suites'))) {
        sources.push({ uri, suite, components: words(fields.get('components')), options });
      }
    }
  }
  return sources;
}

/**
 * The machine's own entry for its release's main archive (not security, updates or a third party's), or undefined.
 *
 * @param {readonly AptSource[]} sources
 * @param {{ family: 'debian' | 'ubuntu', codename: string | undefined }} distribution
 */
export function mainArchive(sources, { family, codename }) {
  const releases = ['debian', 'sid'].includes(codename ?? '') ? [] : [codename];
  const names =
    family === 'debian' ? [...releases, 'stable', 'testing', 'unstable', 'sid', 'oldstable'] : releases;
  return sources.find(({ suite, components }) => names.includes(suite) && components.includes('main'));
}

/**
 * All sources that apt on this machine is configured with.
 *
 * @param {string} [folder]
 */
export function readAptSources(folder = '/etc/apt') {
  const sources = [];
  const single = join(folder, 'sources.list');
  if (existsSync(single)) sources.push(...parseSourcesList(readFileSync(single, 'utf8')));
  const parts = join(folder, 'sources.list.d');
  for (const name of existsSync(parts) ? readdirSync(parts).toSorted() : []) {
    const text = () => readFileSync(join(parts, name), 'utf8');
    if (name.endsWith('.list')) sources.push(...parseSourcesList(text()));
    if (name.endsWith('.sources')) sources.push(...parseDeb822Sources(text()));
  }
  return sources;
}

function words(text) {
  return (text ?? '').split(/[\s,]+/u).filter((word) => word !== '');
}
