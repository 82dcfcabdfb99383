import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashOf } from './console-build.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longspan-sources-'));
  mkdirSync(join(folder, 'src'));
  mkdirSync(join(folder, 'dist'));
  writeFileSync(join(folder, 'src', 'a.ts'), 'one');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a change of any source is noticed, a change of the build’s result is not', () => {
  // Goal: the console is built when needed, and only then. Method: change contents, names and the dist folder.
  const before = hashOf([folder]);
  writeFileSync(join(folder, 'dist', 'index.html'), 'built');
  expect(hashOf([folder])).toBe(before);
  writeFileSync(join(folder, 'src', 'a.ts'), 'two');
  const changed = hashOf([folder]);
  expect(changed).not.toBe(before);
  writeFileSync(join(folder, 'src', 'b.ts'), '');
  expect(hashOf([folder])).not.toBe(changed);
});
