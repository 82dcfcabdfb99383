import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { isProcessOf } from './process-identity.mjs';

test.skipIf(process.platform === 'win32')(
  'a process id that another program got is not taken for ours',
  async () => {
    // Goal: a stale pid file neither blocks a start nor gets a stranger killed. Method: a real process with a known command line.
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume(); /* longspan-marker */'], {
      stdio: 'pipe',
    });
    await once(child, 'spawn');
    expect(isProcessOf(child.pid, 'longspan-marker')).toBe(true);
    expect(isProcessOf(child.pid, 'another-program')).toBe(false);
    child.stdin.end();
    await once(child, 'exit');
    expect(isProcessOf(child.pid, 'longspan-marker')).toBe(false);
    expect(isProcessOf(Number.NaN, 'longspan-marker')).toBe(false);
  },
);
