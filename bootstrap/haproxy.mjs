import { join } from 'node:path';
import { findExecutables, isExecutable } from './find-executable.mjs';
import { fetchHaproxyFromArchive } from './haproxy-archive.mjs';
import { linuxDistribution } from './linux-distribution.mjs';
import { toolsFolder } from './paths.mjs';
import { runCommand } from './run-command.mjs';
import { SetupError } from './setup-error.mjs';

/**
 * An HAProxy for the load balancer tests: LONGSPAN_HAPROXY, the PATH, the cache, or the distribution's archive.
 *
 * @param {import('./progress.mjs').Progress} progress
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ path: string } | { missing: string }>} `missing` says why there is none
 */
export async function provideHaproxy(progress, env = process.env) {
  if (env.LONGSPAN_HAPROXY) {
    if (isExecutable(env.LONGSPAN_HAPROXY)) return { path: env.LONGSPAN_HAPROXY };
    throw new SetupError(
      `LONGSPAN_HAPROXY=${env.LONGSPAN_HAPROXY} is not a program. Correct it, or unset it.`,
    );
  }
  const folder = join(toolsFolder, 'haproxy');
  const cached = join(folder, 'haproxy');
  // A distribution puts it into a folder for administrators, which is not on everybody's PATH.
  for (const path of [...findExecutables('haproxy', env), '/usr/sbin/haproxy', cached]) {
    if (isExecutable(path) && (await runs(path))) return { path };
  }
  const none = 'there is no HAProxy on the PATH or in LONGSPAN_HAPROXY';
  if (linuxDistribution()?.family === undefined) return { missing: none };
  const fetched = await progress.step(
    "Fetching HAProxy from the distribution's archive",
    (tell) => fetchHaproxyFromArchive(folder, tell),
    ({ found }) => found,
  );
  return fetched.found
    ? { path: cached }
    : { missing: `${none}; the distribution's archive: ${fetched.reason}` };
}

async function runs(path) {
  const answer = await runCommand(path, ['-v'], { timeoutMs: 10_000 });
  return answer.code === 0 && /haproxy version/iu.test(answer.stdout);
}
