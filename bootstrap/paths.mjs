import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The work tree: the folder that holds package.json. */
export const rootFolder = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/u, '');

/** Everything that Longspan keeps on this machine: caches, the NATS store, secrets. Ignored by git. */
export const stateFolder = join(rootFolder, '.longspan');

/** Programs that the bootstrap fetched. May be deleted at any time while nothing runs. */
export const toolsFolder = join(stateFolder, 'tools');
