import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromWorker, ToWorker } from './crowd-messages.ts';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

/** What workers run as. */
export type WorkerKind = 'threads' | 'processes';

/** A worker from its owner's side: messages to and fro, in order. */
export interface WorkerLink extends AsyncDisposable {
  send(message: ToWorker): void;
}

export interface WorkerHandlers {
  readonly message: (message: FromWorker) => void;
  /** It has ended, or thrown, without being asked to. */
  readonly failed: (error: Error) => void;
}

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Starts a worker that runs the module, as a thread of this process or as a process of its own. */
export function startWorker(kind: WorkerKind, module: URL, handlers: WorkerHandlers): WorkerLink {
  return kind === 'threads' ? startThread(module, handlers) : startProcess(module, handlers);
}

/** The worker's own side. Call it once; messages that came before are kept until then. */
export function toOwner(onMessage: (message: ToWorker) => void): { send(message: FromWorker): void } {
  if (!isMainThread && parentPort) {
    const port = parentPort;
    port.on('message', onMessage);
    return { send: (message) => port.postMessage(message) };
  }
  process.on('message', onMessage);
  process.on('disconnect', () => process.exit());
  return { send: (message) => process.send?.(message) };
}

function startThread(module: URL, { message, failed }: WorkerHandlers): WorkerLink {
  const worker = new Worker(module, { execArgv: [] });
  let ended = false;
  worker.on('message', message);
  worker.on('error', failed);
  worker.on('exit', (code) => {
    if (!ended) failed(new Error(`a worker thread ended with code ${code}`));
  });
  return {
    // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
    send: (message) => worker.postMessage(message),
    [Symbol.asyncDispose]: async () => {
      ended = true;
      await worker.terminate();
    },
  };
}

function startProcess(module: URL, { message, failed }: WorkerHandlers): WorkerLink {
  const child = fork(fileURLToPath(module), { execArgv: [], serialization: 'advanced' });
  alive.add(child);
  let ended = false;
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      alive.delete(child);
      if (!ended) failed(new Error(`a worker process ended (${signal ?? code})`));
      resolve();
    });
  });
  child.on('message', (received) => message(received as FromWorker));
  child.on('error', failed);
  return {
    send: (toWorker) => void child.send(toWorker),
    [Symbol.asyncDispose]: async () => {
      ended = true;
      child.kill('SIGKILL');
      await gone;
    },
  };
}
