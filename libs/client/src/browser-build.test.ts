// Goal: a page without a bundler can use the client: one file, no imports, nothing of Node.
// Method: build it, read it, and import it as a page would.
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { build } from 'vite';

async function buildCode(): Promise<string> {
  const configFile = fileURLToPath(new URL('../vite.config.ts', import.meta.url));
  const result = await build({ configFile, build: { write: false } });
  const outputs = (Array.isArray(result) ? result : [result]).flatMap((each) =>
    'output' in each ? each.output : [],
  );
  expect(outputs.map((output) => output.fileName)).toEqual(['longspan-client.js']);
  return outputs.map((output) => (output.type === 'chunk' ? output.code : '')).join('');
}

test('the browser build is one module without imports and without Node globals', async () => {
  const code = await buildCode();
  expect(code).not.toMatch(/\bimport\b/);
  expect(code).not.toMatch(/\brequire\s*\(/);
  expect(code).not.toMatch(/\b(process|Buffer|global|__dirname|__filename|setImmediate)\b[.(]/);
  const module: unknown = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`);
  expect(Object.keys(module as object)).toEqual(
    expect.arrayContaining(['LongspanClient', 'LongspanError', 'localStorageStore', 'memoryStore']),
  );
}, 30_000);
