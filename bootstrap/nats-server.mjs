import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findDockerEngine } from './docker-api.mjs';
import { findExecutables } from './find-executable.mjs';
import { linuxDistribution } from './linux-distribution.mjs';
import { ensureImage } from './machine-image.mjs';
import { officialNatsImage } from './nats-image.mjs';
import { leastNatsVersion, natsVersionOf } from './nats-version.mjs';
import { toolsFolder } from './paths.mjs';
import { fetchProgramFromArchive } from './program-archive.mjs';
import { SetupError } from './setup-error.mjs';
import { isAtLeast } from './version.mjs';

const least = leastNatsVersion.join('.');

/** @type {import('./program-archive.mjs').ArchiveProgram} */
const natsServer = {
  name: 'nats-server',
  packages: ['nats-server'],
  least: leastNatsVersion,
  versionOf: natsVersionOf,
};

/**
 * @typedef {{ kind: 'running', url: string } | { kind: 'program', path: string } | { kind: 'container', image: string }} NatsSource
 */

/**
 * Where NATS comes from for `npm start`: a cluster that LONGSPAN_NATS_URL names, a program, or an image for the Docker engine.
 *
 * @param {import('./progress.mjs').Progress} progress
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<NatsSource>}
 */
export async function provideNats(progress, env = process.env) {
  if (env.LONGSPAN_NATS_URL) return { kind: 'running', url: env.LONGSPAN_NATS_URL };
  const program = await provideNatsProgram(progress, env);
  if ('path' in program) return { kind: 'program', path: program.path };
  const engine = await findDockerEngine(env);
  if (engine === undefined) throw noNats([...program.reasons, 'no Docker engine answers']);
  const image = env.LONGSPAN_NATS_IMAGE || officialNatsImage;
  const problem = await ensureImage(engine, image, progress);
  if (problem !== undefined)
    throw noNats([...program.reasons, `the image ${image} cannot be pulled: ${problem}`]);
  return { kind: 'container', image };
}

/**
 * A nats-server program: on the PATH, in the cache, or from the distribution's archive.
 *
 * @param {import('./progress.mjs').Progress} progress
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ path: string } | { reasons: string[] }>}
 */
export async function provideNatsProgram(progress, env = process.env) {
  const reasons = [];
  for (const path of findExecutables('nats-server', env)) {
    const version = await natsVersionOf(path);
    if (version !== undefined && isAtLeast(version, leastNatsVersion)) return { path };
    reasons.push(
      `${path} is ${version === undefined ? 'not a nats-server that runs here' : version.join('.')}`,
    );
  }
  if (reasons.length === 0) reasons.push('there is none on the PATH');
  const folder = join(toolsFolder, 'nats-server');
  const cached = join(folder, process.platform === 'win32' ? 'nats-server.exe' : 'nats-server');
  if (existsSync(cached) && (await natsVersionOf(cached)) !== undefined) return { path: cached };
  if (linuxDistribution()?.family === undefined) return { reasons };
  const fetched = await progress.step(
    "Fetching nats-server from the distribution's archive",
    (tell) => fetchProgramFromArchive(natsServer, folder, tell),
    ({ found }) => found,
  );
  return fetched.found
    ? { path: cached }
    : { reasons: [...reasons, `the distribution's archive: ${fetched.reason}`] };
}

/** @param {readonly string[]} reasons */
export function noNats(reasons) {
  return new SetupError(
    `Longspan needs a NATS server of version ${least} or newer, and none was found:\n` +
      `${reasons.map((reason) => `  - ${reason}`).join('\n')}\n` +
      `${advice()}\n` +
      'Or start Docker, or set LONGSPAN_NATS_URL to a running NATS with JetStream, and start again.',
  );
}

function advice() {
  const download = 'put the nats-server program of a release on nats.io on your PATH';
  if (process.platform === 'darwin') return `Install it with \`brew install nats-server\`, or ${download}.`;
  if (process.platform === 'win32') return `Install it with \`scoop install nats-server\`, or ${download}.`;
  return `Install your distribution's nats-server if it is new enough, or ${download}.`;
}
