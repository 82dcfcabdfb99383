import { connect } from 'node:net';
import { once } from 'node:events';
import { freePort } from '@longspan/testkit';
import { ServerProcess } from './server-process.ts';

/** More than any measurement has clients. */
const CLIENTS_MAX = 15_000;

/** Starts a Redis that keeps everything in memory and nothing on disk. */
export async function startRedis(
  folder: string,
  owned: AsyncDisposableStack,
): Promise<{ readonly server: ServerProcess; readonly url: string }> {
  const command = process.env['LONGSPAN_BENCH_REDIS'];
  if (command === undefined) throw new Error('no Redis: run the benchmark by `npm run bench`');
  const port = await freePort();
  const settings = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  const server = owned.use(
    new ServerProcess({
      name: 'redis',
      command,
      args: ['--port', String(port), ...settings, '--maxclients', String(CLIENTS_MAX)],
      ready: () => listens(port),
    }),
  );
  await server.start();
  return { server, url: `redis://127.0.0.1:${port}` };
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}
