import { onParentDeath } from '../bootstrap/parent-death.mjs';

/** From a terminal a Ctrl-C arrives twice at once, from the terminal and from npm; a person's second one comes later. */
const samePressMs = 500;

/**
 * Listens for the wish to stop: Ctrl-C, SIGTERM, a closed terminal, or the death of the process that runs this one.
 *
 * @param onSecond called when it comes once more
 * @returns resolves at the first
 */
export function stopRequested(onSecond: () => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let firstAt: number | undefined;
  const request = (): void => {
    const now = performance.now();
    firstAt ??= now;
    if (now - firstAt > samePressMs) onSecond();
    resolve();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, request);
  onParentDeath(resolve);
  return promise;
}
