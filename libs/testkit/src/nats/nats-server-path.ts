import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const BINARY = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
/** Where the bootstrap keeps the tools that it fetched. */
const CACHE_DIR = join(import.meta.dirname, '../../../../.longspan');
const CACHE_DEPTH_MAX = 6;

/**
 * The nats-server to run: `LONGSPAN_TEST_NATS_SERVER`, which `npm test` sets, else one on the PATH, else the one in
 * the project's cache. Throws a sentence that says what to do if there is none.
 */
export function natsServerPath(): string {
  const named = process.env['LONGSPAN_TEST_NATS_SERVER'];
  if (named !== undefined && named !== '') return named;
  const found =
    (process.env['PATH'] ?? '')
      .split(delimiter)
      .map((dir) => join(dir, BINARY))
      .find(isExecutable) ?? findUnder(CACHE_DIR, CACHE_DEPTH_MAX);
  if (found === undefined) {
    throw new Error(
      'no nats-server: run the tests by `npm test`, or set LONGSPAN_TEST_NATS_SERVER to its path',
    );
  }
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function findUnder(dir: string, depth: number): string | undefined {
  if (depth === 0) return undefined;
  let entries;
  try {
    entries = readdirSync(dir, { withFileTypes: true });
  } catch {
    return undefined;
  }
  const file = entries.find((entry) => entry.name === BINARY && entry.isFile());
  if (file && isExecutable(join(dir, file.name))) return join(dir, file.name);
  for (const entry of entries) {
    const found = entry.isDirectory() ? findUnder(join(dir, entry.name), depth - 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
