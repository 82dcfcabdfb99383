import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fileURLToPath } from 'node:url';
import { inspectProgram } from './elf-interpreter.mjs';
import { parseLibraryList } from './machine-image.mjs';

test('a file that is no Linux program is called foreign', () => {
  // Goal: no image is built from another system's program. Method: this very file.
  expect(inspectProgram(fileURLToPath(import.meta.url))).toEqual({ kind: 'foreign' });
});

test.runIf(process.platform === 'linux')('the loader of a running program is found', () => {
  // Goal: the image gets the loader that the program names. Method: the Node that runs this test.
  const inspected = inspectProgram(process.execPath);
  expect(inspected).toMatchObject({ kind: 'dynamic' });
  expect(inspected.kind === 'dynamic' && existsSync(inspected.loader)).toBe(true);
});

test('the libraries are read from what the loader lists', () => {
  // Goal: paths only; the kernel's page and the loader itself are no files to copy. Method: ld.so's output.
  const text = `	linux-vdso.so.1 (0x00007f82d4af6000)
	libc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f82d4902000)
	/lib64/ld-linux-x86-64.so.2 (0x00007f82d4af8000)
`;
  expect(parseLibraryList(text)).toEqual(['/lib/x86_64-linux-gnu/libc.so.6']);
});
