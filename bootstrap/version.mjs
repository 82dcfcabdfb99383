/**
 * The first dotted version in a text, as numbers: `nats-server: v2.15.1` → [2, 15, 1]; `1:2.9.10-1+b2` → [2, 9, 10].
 *
 * @param {string} text
 * @returns {readonly number[] | undefined} undefined where the text holds none
 */
export function parseVersion(text) {
  const found = /(?<![\d.])v?(\d+)\.(\d+)(?:\.(\d+))?/u.exec(text);
  if (found === null) return undefined;
  return found.slice(1).map((part) => Number(part ?? 0));
}

/**
 * Whether `version` is `least` or newer.
 *
 * @param {readonly number[]} version
 * @param {readonly number[]} least
 */
export function isAtLeast(version, least) {
  for (let place = 0; place < Math.max(version.length, least.length); place += 1) {
    const difference = (version[place] ?? 0) - (least[place] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
