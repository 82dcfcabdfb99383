import { fetchPackagedProgram } from './packaged-program.mjs';
import { provideProgram } from './provided-program.mjs';
import { runCommand } from './run-command.mjs';

const packaged = { packageName: 'haproxy', path: 'usr/sbin/haproxy', trial: ['-v'] };

/**
 * An HAProxy for the load balancer tests: LONGSPAN_HAPROXY, the PATH, the cache, or the distribution's archive.
 *
 * @param {import('./progress.mjs').Progress} progress
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ path: string } | { missing: string }>} `missing` says why there is none
 */
export async function provideHaproxy(progress, env = process.env) {
  const wanted = {
    title: 'HAProxy',
    name: 'haproxy',
    variable: 'LONGSPAN_HAPROXY',
    // A distribution puts it into a folder for administrators, which is not on everybody's PATH.
    usualPlaces: ['/usr/sbin/haproxy'],
    suits: runs,
    fetch: (folder, tell) => fetchPackagedProgram(packaged, folder, tell),
  };
  return await provideProgram(wanted, progress, env);
}

async function runs(path) {
  const answer = await runCommand(path, ['-v'], { timeoutMs: 10_000 });
  return answer.code === 0 && /haproxy version/iu.test(answer.stdout);
}
