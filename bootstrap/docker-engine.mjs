import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { installPackages } from './distribution-packages.mjs';
import { findDockerEngine } from './docker-api.mjs';
import { findExecutables } from './find-executable.mjs';
import { mayInstallPackages } from './linux-distribution.mjs';
import { stateFolder } from './paths.mjs';
import { isProcessOf } from './process-identity.mjs';
import { runCommand } from './run-command.mjs';

const engineStartMs = 45_000;

/**
 * Finds a Docker engine that answers; where there is none and this process may, installs and starts the distribution's one.
 *
 * @param {import('./progress.mjs').Progress} progress
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ engine: import('./docker-api.mjs').DockerEngine } | { missing: string }>} `missing` says why there is none
 */
export async function provideDockerEngine(progress, env = process.env) {
  const answering = await findDockerEngine(env);
  if (answering !== undefined) return { engine: answering };
  if (env.DOCKER_HOST) return { missing: `no Docker engine answers at DOCKER_HOST=${env.DOCKER_HOST}` };
  if (env.LONGSPAN_NO_DOCKER_SETUP === '1') {
    return { missing: 'no Docker engine answers, and LONGSPAN_NO_DOCKER_SETUP=1 forbids installing one' };
  }
  if (!mayInstallPackages()) {
    return {
      missing: 'no Docker engine answers this account',
    };
  }
  if (findExecutables('dockerd').length === 0) {
    const result = await progress.step(
      "Installing this distribution's Docker engine (packages docker.io and iptables)",
      (tell) => installPackages(['docker.io', 'iptables'], tell),
      ({ installed }) => installed,
    );
    if (!result.installed) return { missing: result.reason };
  }
  return await progress.step(
    'Starting the Docker engine',
    (tell) => startEngine(env, tell),
    (result) => 'engine' in result,
  );
}

/** @returns {ReturnType<typeof provideDockerEngine>} */
async function startEngine(env, tell) {
  if (existsSync('/run/systemd/system')) {
    await runCommand('systemctl', ['start', 'docker'], { timeoutMs: engineStartMs });
    const engine = await findDockerEngine(env);
    return engine === undefined
      ? { missing: 'systemctl start docker did not bring up the engine' }
      : { engine };
  }
  const log = join(stateFolder, 'docker', 'dockerd.log');
  // The kernel forwards to containers' ports; the process that would copy every byte costs tests more than NATS does.
  const forwarding = '--userland-proxy=false';
  // Layers on top of a container's own overlay file system need the plain (slow) driver: the second try.
  for (const args of [[forwarding], [forwarding, '--storage-driver=vfs']]) {
    tell(['dockerd', ...args].join(' '));
    const engine = await startDaemon(args, log, env);
    if (engine !== undefined) return { engine };
  }
  return { missing: `dockerd does not start here: ${lastComplaint(log)} (its log: ${log})` };
}

/** Starts dockerd so that it outlives us, and waits until it answers, ends, or takes too long. */
async function startDaemon(args, log, env) {
  removeStalePidFile('/var/run/docker.pid', 'dockerd');
  removeStalePidFile('/var/run/docker/containerd/containerd.pid', 'containerd');
  mkdirSync(join(stateFolder, 'docker'), { recursive: true });
  const output = openSync(log, 'a');
  const daemon = spawn(findExecutables('dockerd')[0] ?? 'dockerd', args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const end = new AbortController();
  daemon.on('error', () => end.abort());
  daemon.on('exit', () => end.abort());
  daemon.unref();
  const deadline = Date.now() + engineStartMs;
  while (!end.signal.aborted && Date.now() < deadline) {
    await wait(200);
    const engine = await findDockerEngine(env);
    if (engine !== undefined) return engine;
  }
  if (!end.signal.aborted) daemon.kill('SIGTERM');
  return undefined;
}

/**
 * After a reboot that kept /var/run, dockerd would take an unrelated process for its predecessor and refuse to start.
 *
 * @param {string} path
 * @param {string} owner the name of the program that wrote the file
 */
function removeStalePidFile(path, owner) {
  if (existsSync(path) && !isProcessOf(Number(readFileSync(path, 'utf8')), owner)) rmSync(path);
}

function lastComplaint(log) {
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  return lines.findLast((line) => /failed|error|fatal/iu.test(line)) ?? lines.at(-1) ?? 'it says nothing';
}
