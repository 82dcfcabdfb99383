import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * A package of a peer, from where the benchmark has installed it. It is not part of the workspace, so whoever loads it says what it
 * uses of it.
 */
export function peerPackage(name: string): unknown {
  const folder = process.env['LONGSPAN_BENCH_PEERS'];
  if (folder === undefined) throw new Error("the peers' packages are missing: run `npm run bench`");
  return createRequire(join(folder, 'package.json'))(name);
}
