import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const stopPatienceMs = 20_000;

/** Runs a program that is not ours, given in the arguments, and ends it when we are gone. */
export const programKeeper = join(import.meta.dirname, 'program-keeper.mjs');

/** How to run one of the system's processes. */
export type ProcessSpec = {
  /** Its name for people, such as `edge-1`. */
  readonly name: string;
  /** The arguments of Node. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly onLine: (text: string) => void;
  /** Whether a line of its output means that it serves. */
  readonly isReady: (text: string) => boolean;
};

/** One life of a process. */
export type ChildProcess = {
  readonly startedAt: number;
  /** Resolves when it serves; never where it ends before. */
  readonly ready: Promise<void>;
  /** How it ended, in words: `exit code 1`, `signal SIGKILL`. */
  readonly ended: Promise<string>;
  /** Asks it to finish, and ends it by force when that takes longer than 20 s. */
  readonly stop: () => Promise<void>;
  /** Ends it at once, with all that it started. */
  readonly kill: () => void;
};

/**
 * Starts a Node process that ends itself when its standard input ends, which it does when we are gone, however that happened. It gets a
 * process group of its own, so that a Ctrl-C in the terminal reaches only us, and we can stop everything in the right order.
 */
export function startChildProcess(spec: ProcessSpec): ChildProcess {
  const { promise: ready, resolve: becomeReady } = Promise.withResolvers<void>();
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  const child = spawn(process.execPath, spec.args, {
    env: spec.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (text) => {
      if (spec.isReady(text)) becomeReady();
      spec.onLine(text);
    });
  }
  // It may be gone before it read all of its input, which is nothing.
  child.stdin.on('error', () => undefined);
  child.on('error', (error) => end(error.message));
  child.on('close', (code, signal) => end(signal === null ? `exit code ${code}` : `signal ${signal}`));
  const kill = (): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    if (process.platform === 'win32') child.kill('SIGKILL');
    else signalGroup(child.pid);
  };
  const stop = async (): Promise<void> => {
    // Windows has no SIGTERM that a process could heed.
    if (process.platform === 'win32') child.stdin.end();
    else child.kill('SIGTERM');
    const force = setTimeout(kill, stopPatienceMs);
    await ended;
    clearTimeout(force);
  };
  return { startedAt: performance.now(), ready, ended, stop, kill };
}

function signalGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It ended in this moment.
  }
}
