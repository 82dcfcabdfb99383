import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { findExecutables } from './find-executable.mjs';
import { tarArchive } from './tar-archive.mjs';

const tar = findExecutables('tar')[0];

test.skipIf(tar === undefined)('an archive is what the system’s tar expects', () => {
  // Goal: Docker can import the image. Method: let another implementation list and extract what we wrote.
  const archive = tarArchive([
    { path: '/tmp', mode: 0o1777 },
    { path: '/bin/program', mode: 0o755, bytes: Buffer.from('contents '.repeat(100)) },
    { path: '/empty', mode: 0o644, bytes: Buffer.alloc(0) },
    { path: `/${'deep/'.repeat(30)}file`, mode: 0o644, bytes: Buffer.alloc(0) },
  ]);
  const listed = spawnSync(tar, ['-t', '-f', '-'], { input: archive, encoding: 'utf8' });
  expect(listed.stderr).toBe('');
  expect(listed.stdout.split('\n').filter(Boolean)).toEqual([
    'tmp/',
    'bin/program',
    'empty',
    `${'deep/'.repeat(30)}file`,
  ]);
  const extracted = spawnSync(tar, ['-x', '-O', '-f', '-', 'bin/program'], {
    input: archive,
    encoding: 'utf8',
  });
  expect(extracted.stdout).toBe('contents '.repeat(100));
});

test('a path that does not fit is refused, not cut', () => {
  // Goal: no file under a wrong name. Method: a path of more than 100 bytes.
  expect(() => tarArchive([{ path: `/${'x'.repeat(101)}`, mode: 0o644, bytes: Buffer.alloc(0) }])).toThrow(
    RangeError,
  );
});
