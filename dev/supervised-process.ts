import { SetupError } from '../bootstrap/setup-error.mjs';
import { startChildProcess, type ChildProcess, type ProcessSpec } from './child-process.ts';
import { restartDelayMs } from './restart-delay.ts';

/*
 *   starting ──ready──▶ running ──ended──▶ waiting ──delay──▶ running
 *      │                   │                  │
 *    ended               stop()             stop()
 *      ▼                   ▼                  ▼
 *    failed              stopped            stopped
 */

/** Something that the local system runs and can end. */
export type Runnable = {
  /** Resolves when it first serves; rejects with a SetupError when it cannot. */
  readonly ready: Promise<void>;
  /** Ends it in good order; resolves when it is gone. */
  readonly stop: () => Promise<void>;
  /** Ends it at once. */
  readonly kill: () => void;
};

const startPatienceMs = 60_000;

/**
 * Starts a process and, once it has served, starts it again whenever it ends.
 *
 * @param say told about ends and restarts
 */
export function supervise(spec: ProcessSpec, say: (line: string) => void): Runnable {
  let life = startChildProcess(spec);
  const stopped = new AbortController();

  const keepAlive = async (): Promise<void> => {
    let delayMs: number | undefined;
    for (;;) {
      const how = await life.ended;
      if (stopped.signal.aborted) return;
      delayMs = restartDelayMs(performance.now() - life.startedAt, delayMs);
      say(`${spec.name} ended (${how}); starting it again in ${delayMs / 1000} s`);
      if (!(await pause(delayMs, stopped.signal))) return;
      life = startChildProcess(spec);
    }
  };
  const ready = firstReady(life, spec.name);
  const watching = ready.then(keepAlive, () => undefined);

  return {
    ready,
    stop: async () => {
      stopped.abort();
      await life.stop();
      await watching;
    },
    kill: () => {
      stopped.abort();
      life.kill();
    },
  };
}

async function firstReady(life: ChildProcess, name: string): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(resolve, startPatienceMs, `it did not serve within ${startPatienceMs / 1000} s`);
  const problem = await Promise.race([life.ready.then(() => undefined), life.ended, late]);
  clearTimeout(timer);
  if (problem === undefined) return;
  life.kill();
  throw new SetupError(`${name} could not be started (${problem}). Its last lines above say why.`);
}

/** Waits; false where the wait was cut short. */
function pause(delayMs: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (complete: boolean): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cut);
      resolve(complete);
    };
    const cut = (): void => finish(false);
    const timer = setTimeout(finish, delayMs, true);
    signal.addEventListener('abort', cut);
  });
}
