import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeStagedFolder } from './staged-folder.mjs';

let parent = '';
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'longspan-staged-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

test('a folder appears only when it is complete', async () => {
  // Goal: no half-unpacked cache. Method: look for the final name while it is being filled.
  const folder = join(parent, 'tool');
  await makeStagedFolder(folder, async (partial) => {
    writeFileSync(join(partial, 'file'), 'contents');
    expect(existsSync(folder)).toBe(false);
  });
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('contents');
  expect(readdirSync(parent)).toEqual(['tool']);
});

test('a failure leaves nothing behind', async () => {
  // Goal: the next run starts anew. Method: fail in the middle.
  const broken = makeStagedFolder(join(parent, 'tool'), async (partial) => {
    writeFileSync(join(partial, 'half'), '');
    throw new Error('the download broke');
  });
  await expect(broken).rejects.toThrow('the download broke');
  expect(readdirSync(parent)).toEqual([]);
});

test('a cache that no longer passes its check is replaced', async () => {
  // Goal: a damaged cache heals. Method: fill a folder that exists.
  const folder = join(parent, 'tool');
  for (const contents of ['damaged', 'sound']) {
    await makeStagedFolder(folder, async (partial) => writeFileSync(join(partial, 'file'), contents));
  }
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('sound');
});
