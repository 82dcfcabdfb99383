import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimStateFolder, readPid } from './system-lock.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longspan-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a claim that a dead or unrelated process left behind does not block', () => {
  // Goal: a start after a crash or a reboot needs no clean-up by hand. Method: the ids of nobody and of a stranger.
  for (const stale of ['999999999', String(process.ppid), 'rubbish']) {
    writeFileSync(join(folder, 'system.pid'), stale);
    const giveUp = claimStateFolder(folder);
    expect(readPid(join(folder, 'system.pid'))).toBe(process.pid);
    giveUp();
    expect(readPid(join(folder, 'system.pid'))).toBeUndefined();
  }
});
