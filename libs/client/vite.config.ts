import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The browser build: one ES module that imports nothing. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  logLevel: 'warn',
  build: {
    target: 'es2022',
    lib: {
      entry: fileURLToPath(new URL('./src/mod.ts', import.meta.url)),
      formats: ['es'],
      fileName: () => 'longspan-client.js',
    },
    // Vite leaves the white space in libraries, for tree shaking; this file is for pages that have no bundler.
    rolldownOptions: { output: { minify: true } },
    reportCompressedSize: false,
  },
});
