import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { askDocker, findDockerEngine } from './docker-api.mjs';
import { rootFolder } from './paths.mjs';
import { SetupError } from './setup-error.mjs';

/** One container per work tree, so that one that a killed run left behind is found again. */
const containerName = `longspan-nats-${createHash('sha256').update(rootFolder).digest('hex').slice(0, 8)}`;
const stopSeconds = 10;
const startPatienceMs = 30_000;
const retryMs = 100;

/** Removes a container that an earlier run of this work tree left behind, because it was killed. */
export async function removeLeftBehindContainer() {
  const engine = await findDockerEngine();
  if (engine !== undefined) await askDocker(engine, 'DELETE', `/containers/${containerName}?force=true`);
}

/**
 * Starts NATS with JetStream in a container.
 *
 * @param {{ image: string, port: number, storeFolder: string, configFile: string }} options `port` on the loopback interface
 * @returns {Promise<{ stop: () => Promise<void> }>}
 */
export async function startNatsContainer({ image, port, storeFolder, configFile }) {
  const engine = await findDockerEngine();
  if (engine === undefined)
    throw new SetupError('The Docker engine no longer answers. Start it, then start again.');
  mkdirSync(storeFolder, { recursive: true });
  const user = process.platform === 'linux' ? { User: `${process.getuid?.()}:${process.getgid?.()}` } : {};
  const created = await askDocker(engine, 'POST', `/containers/create?name=${containerName}`, {
    body: {
      Image: image,
      ...user,
      Cmd: ['--config', '/longspan.conf', '--jetstream', '--store_dir', '/data', '--name', 'longspan'],
      ExposedPorts: { '4222/tcp': {} },
      HostConfig: {
        Binds: [`${storeFolder}:/data`, `${configFile}:/longspan.conf:ro`],
        PortBindings: { '4222/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] },
      },
    },
  });
  const started =
    created.status === 201 && (await askDocker(engine, 'POST', `/containers/${containerName}/start`));
  const stop = async () => {
    await askDocker(engine, 'POST', `/containers/${containerName}/stop?t=${stopSeconds}`, {
      silenceMs: 30_000,
    });
    await askDocker(engine, 'DELETE', `/containers/${containerName}?force=true`);
  };
  if (started && started.status === 204 && (await greets(port))) return { stop };
  await stop();
  const answer = started || created;
  throw new SetupError(
    `Docker could not start NATS from the image ${image}: ${answer.text.trim() || 'it does not answer'}`,
  );
}

/** Whether NATS sends its greeting on a port before long. Docker takes connections on it earlier. */
async function greets(port) {
  const deadline = Date.now() + startPatienceMs;
  while (Date.now() < deadline) {
    const first = await new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port });
      const answer = (bytes) => {
        socket.destroy();
        resolve(String(bytes ?? ''));
      };
      socket.on('data', answer);
      socket.on('error', () => answer());
      socket.on('close', () => answer());
    });
    if (first.startsWith('INFO')) return true;
    await wait(retryMs);
  }
  return false;
}
