import { isNodeNewEnough, provideNode, runAgainWith } from './node-version.mjs';
import { createProgress } from './progress.mjs';
import { endRunningCommands } from './run-command.mjs';
import { withSetupLock } from './setup-lock.mjs';

const signalCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/**
 * What start.mjs and test.mjs share: go on with a Node that is new enough, turn foreseen failures into a sentence and exit code 1.
 *
 * @param {string} script the path of the script that calls this
 * @param {(progress: import('./progress.mjs').Progress) => Promise<void>} work what to do on a new enough Node
 */
export async function runEntry(script, work) {
  const progress = createProgress();
  try {
    if (isNodeNewEnough()) return await work(progress);
    const node = await interruptible(() => withSetupLock(progress, () => provideNode(progress)));
    runAgainWith(node, script);
  } catch (error) {
    report(error);
    process.exit(1);
  }
}

/**
 * Runs a part of setting up so that a signal ends it at once, together with the programs that it runs.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function interruptible(work) {
  const handlers = Object.entries(signalCodes).map(([signal, code]) => {
    const handler = () => {
      endRunningCommands();
      process.exit(code);
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  try {
    return await work();
  } finally {
    for (const remove of handlers) remove();
  }
}

/** @param {unknown} error */
function report(error) {
  const isForeseen = error instanceof Error && error.name === 'SetupError';
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`\n✗ ${message}\n`);
  if (isForeseen) return;
  if (process.env.LONGSPAN_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  else process.stderr.write('  (This was not foreseen. LONGSPAN_DEBUG=1 shows where it happened.)\n');
}
