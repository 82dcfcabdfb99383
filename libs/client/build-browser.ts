import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

/** Builds the browser's file and says how large it has become. */
const configFile = fileURLToPath(new URL('./vite.config.ts', import.meta.url));
await build({ configFile });
const code = await readFile(new URL('./dist/longspan-client.js', import.meta.url));
process.stdout.write(
  `dist/longspan-client.js: ${code.length} bytes, ${gzipSync(code, { level: 9 }).length} bytes gzipped\n`,
);
