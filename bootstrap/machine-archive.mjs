import { mainArchive, readAptSources } from './apt-sources.mjs';
import { linuxDistribution } from './linux-distribution.mjs';
import { hasAptTools } from './private-apt.mjs';

const componentsOf = { debian: 'main', ubuntu: 'main universe' };

/**
 * The archive of packages that this Debian or Ubuntu is configured with, as `privateApt` takes it.
 *
 * @returns {{ archive: import('./apt-sources.mjs').AptSource & { components: string }, family: 'debian' | 'ubuntu' } | { reason: string }}
 *   `reason` says why there is none
 */
export function machineArchive() {
  const distribution = linuxDistribution();
  if (distribution?.family === undefined) return { reason: 'this is neither Debian nor Ubuntu' };
  if (!hasAptTools()) return { reason: 'apt-get, apt-cache and dpkg are not all on the PATH' };
  const archive = mainArchive(readAptSources(), distribution);
  if (archive === undefined) return { reason: "apt's sources do not name this distribution's archive" };
  const { family } = distribution;
  return { archive: { ...archive, components: componentsOf[family] }, family };
}
