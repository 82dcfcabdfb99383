import { fetchProgramFromArchive } from './program-archive.mjs';
import { provideProgram } from './provided-program.mjs';
import { runCommand } from './run-command.mjs';
import { isAtLeast, parseVersion } from './version.mjs';

/**
 * promtool for the tests of the alert rules: LONGSPAN_PROMTOOL, the PATH, the cache, or the distribution's archive.
 *
 * @param {import('./progress.mjs').Progress} progress
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ path: string } | { missing: string }>} `missing` says why there is none
 */
export async function providePromtool(progress, env = process.env) {
  const promtool = {
    name: 'promtool',
    packages: ['promtool', 'prometheus'],
    // Prometheus 3 evaluates ranges otherwise than 2, and so do the rules' tests.
    least: [3, 0],
    versionOf: (path) => versionOf(path, ['--version'], /^promtool, version (\S+)/mu),
  };
  return await provideTool({ title: 'promtool', variable: 'LONGSPAN_PROMTOOL' }, promtool, progress, env);
}

/**
 * kubectl for the tests of the manifests: LONGSPAN_KUBECTL, the PATH, the cache, or the distribution's archive.
 *
 * @param {import('./progress.mjs').Progress} progress
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ path: string } | { missing: string }>} `missing` says why there is none
 */
export async function provideKubectl(progress, env = process.env) {
  const kubectl = {
    name: 'kubectl',
    packages: ['kubectl', 'kubernetes-client'],
    // The first whose kustomize is of version 5.4 or later.
    least: [1, 31],
    versionOf: (path) => versionOf(path, ['version', '--client'], /^Client Version: (\S+)/mu),
  };
  return await provideTool({ title: 'kubectl', variable: 'LONGSPAN_KUBECTL' }, kubectl, progress, env);
}

async function provideTool(named, program, progress, env) {
  const suits = async (path) => isAtLeast((await program.versionOf(path)) ?? [], program.least);
  const fetch = (folder, tell) => fetchProgramFromArchive(program, folder, tell);
  return await provideProgram({ ...named, name: program.name, suits, fetch }, progress, env);
}

/** The version that a program prints, or undefined where it does not run here or is another program. */
async function versionOf(path, args, pattern) {
  const answer = await runCommand(path, args, { timeoutMs: 20_000 });
  const told = pattern.exec(`${answer.stdout}\n${answer.stderr}`)?.[1];
  return answer.code === 0 && told !== undefined ? parseVersion(told) : undefined;
}
