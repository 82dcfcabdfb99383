import { expect, test } from 'vitest';
import { matchesLock, workspaceStamp } from './workspace-install.mjs';

test('another lock file gives another stamp', () => {
  // Goal: the workspace is installed again when, and only when, the lock file changed. Method: compare stamps.
  expect(workspaceStamp('{"a":1}')).toBe(workspaceStamp('{"a":1}'));
  expect(workspaceStamp('{"a":1}')).not.toBe(workspaceStamp('{"a":2}'));
});

test('an installation made by hand is recognised, a stale or partial one is not', () => {
  // Goal: no second `npm ci` after the first; but never trust an installation that differs. Method: vary one package.
  const lock = {
    packages: {
      '': { version: '1.0.0' },
      'libs/a': { version: '1.0.0' },
      'node_modules/b': { version: '2.0.0' },
      'node_modules/native-of-another-platform': { version: '1.0.0', optional: true },
    },
  };
  const installed = (version) => ({ packages: { 'node_modules/b': { version } } });
  expect(matchesLock(lock, installed('2.0.0'))).toBe(true);
  expect(matchesLock(lock, installed('1.9.0'))).toBe(false);
  expect(matchesLock(lock, { packages: {} })).toBe(false);
});
