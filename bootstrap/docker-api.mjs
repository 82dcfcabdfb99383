import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * @typedef {{ readonly options: import('node:https').RequestOptions, readonly secure: boolean, readonly where: string }} DockerEngine
 *   how to reach an engine's HTTP interface, and its address in words
 */

/**
 * The places where an engine may listen: what DOCKER_HOST names, and nothing else; or the usual sockets of Docker Engine, rootless
 * Docker, Docker Desktop, Colima and Rancher Desktop.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {DockerEngine[]}
 */
export function engineCandidates(env = process.env) {
  if (env.DOCKER_HOST) return [engineAt(env.DOCKER_HOST, env)];
  if (process.platform === 'win32') return [engineAt('npipe:////./pipe/docker_engine', env)];
  const sockets = [
    '/var/run/docker.sock',
    ...(env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, 'docker.sock')] : []),
    ...['.docker/run', '.docker/desktop', '.colima/default', '.rd'].map((folder) =>
      join(homedir(), folder, 'docker.sock'),
    ),
  ];
  return sockets.filter((socket) => existsSync(socket)).map((socket) => engineAt(`unix://${socket}`, env));
}

/**
 * @param {string} where `unix://`, `npipe://`, `tcp://` or `http(s)://`, as in DOCKER_HOST
 * @param {NodeJS.ProcessEnv} env for DOCKER_TLS_VERIFY and DOCKER_CERT_PATH
 * @returns {DockerEngine}
 */
export function engineAt(where, env) {
  if (where.startsWith('unix://')) return { options: { socketPath: where.slice(7) }, secure: false, where };
  if (where.startsWith('npipe://')) {
    return { options: { socketPath: where.slice(8).replaceAll('/', '\\') }, secure: false, where };
  }
  const url = new URL(where.replace(/^tcp:/u, 'http:'));
  const secure = url.protocol === 'https:' || Boolean(env.DOCKER_TLS_VERIFY);
  const folder = env.DOCKER_CERT_PATH;
  const certificates =
    secure && folder
      ? {
          ca: readFileSync(join(folder, 'ca.pem')),
          cert: readFileSync(join(folder, 'cert.pem')),
          key: readFileSync(join(folder, 'key.pem')),
        }
      : {};
  return {
    options: { host: url.hostname, port: url.port || (secure ? 2376 : 2375), ...certificates },
    secure,
    where,
  };
}

/**
 * One request to the engine. Rejects when the engine cannot be reached or is silent for `silenceMs`.
 *
 * @param {DockerEngine} engine
 * @param {string} method
 * @param {string} path with its query
 * @param {{ body?: Buffer | object, silenceMs?: number }} [options] a Buffer is sent as a tar archive, an object as JSON
 * @returns {Promise<{ status: number, text: string }>}
 */
export function askDocker(engine, method, path, options = {}) {
  const { body, silenceMs = 15_000 } = options;
  const isArchive = Buffer.isBuffer(body);
  const bytes = body === undefined || isArchive ? body : Buffer.from(JSON.stringify(body));
  const headers =
    bytes === undefined
      ? {}
      : {
          'content-type': isArchive ? 'application/x-tar' : 'application/json',
          'content-length': String(bytes.length),
        };
  return new Promise((resolve, reject) => {
    const send = engine.secure ? httpsRequest : httpRequest;
    const outgoing = send({ ...engine.options, method, path, headers, timeout: silenceMs }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer from ${engine.where}`)));
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
}

/**
 * The first engine that answers and runs Linux containers, or undefined.
 *
 * @param {NodeJS.ProcessEnv} env
 */
export async function findDockerEngine(env = process.env) {
  for (const engine of engineCandidates(env)) {
    const answer = await askDocker(engine, 'GET', '/version', { silenceMs: 5_000 }).catch(() => undefined);
    if (answer?.status === 200 && JSON.parse(answer.text).Os === 'linux') return engine;
  }
  return undefined;
}
