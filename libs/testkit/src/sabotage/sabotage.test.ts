import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { sabotageEnv, sabotagedFiles } from './sabotage-env.ts';
import { NoLongerApplies, sabotaged } from './sabotage.ts';
import { SABOTAGES, sabotageOf } from './sabotages.ts';

const ROOT = join(import.meta.dirname, '../../../..');
const run = promisify(execFile);

test.each(Object.keys(SABOTAGES))('%s still applies to the sources, in every place', async (name) => {
  // Goal: a sabotage that changes nothing would be "caught" by nothing, or pass for a product without faults.
  const { edits } = sabotageOf(name);
  for (const file of new Set(edits.map((edit) => edit.file))) {
    const path = join(ROOT, file);
    const source = await readFile(path, 'utf8');
    expect(sabotaged(edits, path, source)).not.toBe(source);
  }
});

test('a source that does not have the text exactly once is refused', () => {
  const edits = [{ file: 'src/a.ts', find: 'x()', put: 'y()' }];
  expect(sabotaged(edits, '/repo/src/a.ts', 'x();')).toBe('y();');
  expect(sabotaged(edits, '/repo/src/b.ts', 'x();')).toBe('x();');
  expect(() => sabotaged(edits, '/repo/src/a.ts', 'z();')).toThrow(NoLongerApplies);
  expect(() => sabotaged(edits, '/repo/src/a.ts', 'x(); x();')).toThrow(NoLongerApplies);
});

test('a process that is started sabotaged runs the changed source, and says so', async () => {
  // Goal: the defect is in what runs. Method: ask the sabotaged function itself, in a process of its own.
  const url = join(ROOT, 'libs/broker/src/user-token.ts');
  const script = `import(${JSON.stringify(url)}).then(({ userToken }) => console.log(userToken('Ada')))`;
  const tokenOf = (env: NodeJS.ProcessEnv) => run(process.execPath, ['-e', script], { env });
  expect((await tokenOf(process.env)).stdout).toBe('Ada\n');
  const { stdout, stderr } = await tokenOf({ ...process.env, ...sabotageEnv('mixes-up-users-by-case') });
  expect(stdout).toBe('ada\n');
  expect(sabotagedFiles(stderr)).toEqual(['libs/broker/src/user-token.ts']);
});
