import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isProcessOf } from '../bootstrap/process-identity.mjs';
import { programKeeper, type ProcessSpec } from './child-process.ts';
import { readPid } from './system-lock.ts';

/** What the server of a development system is told, wherever it runs: its account, which tells the hops of traced messages. */
export const natsConfigFile = join(import.meta.dirname, '../deploy/nats/development.conf');

/**
 * How to run nats-server with JetStream on the loopback interface, its store in the state folder, kept by a process that ends it when
 * we are gone.
 */
export function natsProcess(options: {
  readonly program: string;
  readonly port: number;
  readonly stateFolder: string;
  readonly onLine: (text: string) => void;
}): ProcessSpec {
  const store = join(options.stateFolder, 'nats');
  mkdirSync(store, { recursive: true });
  const listen = ['--config', natsConfigFile, '--addr', '127.0.0.1', '--port', String(options.port)];
  const files = ['--jetstream', '--store_dir', store, '--pid', pidFile(options.stateFolder)];
  return {
    name: 'nats',
    args: [programKeeper, options.program, ...listen, ...files, '--name', 'longspan'],
    env: process.env,
    onLine: options.onLine,
    isReady: (text) => text.includes('Server is ready'),
  };
}

/** Whether a line of nats-server's log is worth a person's attention: warnings, errors, its end. */
export function isNoteworthy(text: string): boolean {
  // The password in development.conf keeps nobody out, nor is it meant to.
  return !/\[(?:INF|DBG|TRC)\]|Plaintext passwords detected/u.test(text);
}

/**
 * Ends a nats-server that an earlier run of this folder left behind (only if both that run and its keeper were killed).
 *
 * @returns when it is gone
 */
export async function endLeftBehindNats(stateFolder: string): Promise<void> {
  const pid = readPid(pidFile(stateFolder));
  if (pid === undefined || !isProcessOf(pid, join(stateFolder, 'nats'))) return;
  process.kill(pid, 'SIGTERM');
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  const timer = setInterval(() => {
    if (!isProcessOf(pid, join(stateFolder, 'nats'))) resolve();
  }, 50);
  await gone;
  clearInterval(timer);
}

function pidFile(stateFolder: string): string {
  return join(stateFolder, 'nats', 'nats-server.pid');
}
