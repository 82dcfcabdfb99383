import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type as systemType } from 'node:os';
import { natsVersionOf } from './nats-version.mjs';
import { rootFolder } from './paths.mjs';
import { runCommand } from './run-command.mjs';

/**
 * What a report says about where it was made; the type is `Machine` of libs/testkit.
 *
 * @param {import('./test-environment.mjs').TestEnvironment} environment
 */
export async function describeMachine({ env, hasDocker }) {
  const [cpu] = cpus();
  return {
    os: `${distribution()}${systemType()} ${release()}`,
    cpu: cpu?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    natsServer: await natsServer(env),
    clusters: hasDocker ? 'containers' : 'processes',
  };
}

async function natsServer(env) {
  const program = env.LONGSPAN_TEST_NATS_SERVER;
  const version = program === undefined ? undefined : await natsVersionOf(program);
  return version?.join('.') ?? env.LONGSPAN_TEST_NATS_IMAGE ?? 'unknown';
}

/** The work tree's commit, with `+` where files differ from it. */
export async function describeCommit() {
  const git = (...args) => runCommand('git', args, { cwd: rootFolder, timeoutMs: 10_000 });
  const head = await git('rev-parse', '--short=12', 'HEAD');
  if (head.code !== 0) return 'unknown';
  const { stdout: changes } = await git('status', '--porcelain', '--untracked-files=no');
  return `${head.stdout.trim()}${changes === '' ? '' : '+'}`;
}

function distribution() {
  try {
    const name = /^PRETTY_NAME="?([^"\n]+)/mu.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    return name === undefined ? '' : `${name}, `;
  } catch {
    return '';
  }
}
