import { expect, test } from 'vitest';
import { startWorker, type WorkerKind } from './worker-link.ts';

/** A module of one line. */
function moduleOf(code: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

test.each(['threads', 'processes'] as const)('a worker of %s that fails tells its owner', async (kind) => {
  // Goal: a crowd with a broken worker fails at once, not by a timeout. Method: a module that does not exist.
  const failure = Promise.withResolvers<Error>();
  await using worker = start(kind, new URL('no-such-module.ts', import.meta.url), failure.resolve);
  worker.send({ kind: 'go' });
  expect((await failure.promise).message).toMatch(/no-such-module|ended/);
});

test('a worker that is disposed of ends without a failure', async () => {
  // Goal: the end of a scenario is no fault. Method: end a worker that waits for ever.
  const failures: Error[] = [];
  const worker = start('threads', moduleOf('setInterval(() => undefined, 1_000)'), (error) => {
    failures.push(error);
  });
  await worker[Symbol.asyncDispose]();
  await worker[Symbol.asyncDispose]();
  expect(failures).toEqual([]);
});

function start(
  kind: WorkerKind,
  module: URL,
  failed: (error: Error) => void,
): ReturnType<typeof startWorker> {
  return startWorker(kind, module, { message: () => undefined, failed });
}
