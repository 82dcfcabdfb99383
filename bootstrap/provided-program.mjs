import { join } from 'node:path';
import { findExecutables, isExecutable } from './find-executable.mjs';
import { linuxDistribution } from './linux-distribution.mjs';
import { toolsFolder } from './paths.mjs';
import { SetupError } from './setup-error.mjs';

/**
 * A program of somebody else's that some tests need.
 *
 * @typedef {object} WantedProgram
 * @property {string} title for people
 * @property {string} name of its file, and of its folder in the cache
 * @property {string} variable names one that is to be taken as it is
 * @property {readonly string[]} [usualPlaces] where it may be besides the PATH
 * @property {(path: string) => Promise<boolean>} suits whether it runs here and is new enough
 * @property {(folder: string, tell: (detail: string) => void) => Promise<{ found: true } | { found: false, reason: string }>} fetch
 */

/**
 * Finds a program: its variable, the PATH, the cache, or the distribution's archive.
 *
 * @param {WantedProgram} wanted
 * @param {import('./progress.mjs').Progress} progress
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ path: string } | { missing: string }>} `missing` says why there is none
 * @throws SetupError if the variable names no program
 */
export async function provideProgram(wanted, progress, env) {
  const { title, name, variable, usualPlaces = [], suits, fetch } = wanted;
  const named = env[variable];
  if (named) {
    if (isExecutable(named)) return { path: named };
    throw new SetupError(`${variable}=${named} is not a program. Correct it, or unset it.`);
  }
  const folder = join(toolsFolder, name);
  const cached = join(folder, name);
  for (const path of [...findExecutables(name, env), ...usualPlaces, cached]) {
    if (isExecutable(path) && (await suits(path))) return { path };
  }
  const none = `there is no ${title} that is new enough on the PATH or in ${variable}`;
  if (linuxDistribution()?.family === undefined) return { missing: none };
  const fetched = await progress.step(
    `Fetching ${title} from the distribution's archive`,
    (tell) => fetch(folder, tell),
    ({ found }) => found,
  );
  return fetched.found
    ? { path: cached }
    : { missing: `${none}; the distribution's archive: ${fetched.reason}` };
}
