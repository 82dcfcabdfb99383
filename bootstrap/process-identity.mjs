import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Whether a process of this id runs and its command line holds `word`: ids are used again, so a pid file alone proves nothing.
 * On Windows, where the command line cannot be read cheaply, only whether it runs.
 *
 * @param {number} pid
 * @param {string} word
 */
export function isProcessOf(pid, word) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return process.platform === 'win32' || commandLineOf(pid).includes(word);
}

function commandLineOf(pid) {
  if (process.platform !== 'linux') {
    return spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).stdout ?? '';
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\u0000', ' ');
  } catch {
    return '';
  }
}
