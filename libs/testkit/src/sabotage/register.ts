/**
 * Preloaded into a process (`node --import`), it sabotages the sources that the process loads, by the name in
 * `LONGSPAN_SABOTAGE`. It tells on standard error what it did, so that a test can be sure that it did it.
 */
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { sabotaged } from './sabotage.ts';
import { sabotageOf } from './sabotages.ts';

const name = process.env['LONGSPAN_SABOTAGE'] ?? '';
const { edits } = sabotageOf(name);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    if (!url.startsWith('file:')) return loaded;
    const path = fileURLToPath(url);
    const file = edits.find((edit) => path.endsWith(`/${edit.file}`))?.file;
    if (file === undefined) return loaded;
    const source = sabotaged(edits, path, textOf(loaded.source));
    process.stderr.write(`sabotaged ${name} ${file}\n`);
    return { ...loaded, source };
  },
});

function textOf(source: unknown): string {
  if (typeof source === 'string') return source;
  if (source instanceof Uint8Array) return Buffer.from(source).toString('utf8');
  throw new TypeError('a source that is no text');
}
