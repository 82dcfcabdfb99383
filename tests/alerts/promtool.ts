import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** The promtool to run, which `npm test` names in `LONGSPAN_TEST_PROMTOOL`; undefined if there is none. */
export function promtoolPath(): string | undefined {
  const path = process.env['LONGSPAN_TEST_PROMTOOL'];
  return path === '' ? undefined : path;
}

/** Runs promtool to its end: whether it is content, and what it says. */
export async function promtool(
  ...args: readonly string[]
): Promise<{ readonly isContent: boolean; readonly says: string }> {
  const program = promtoolPath();
  if (program === undefined) throw new Error('LONGSPAN_TEST_PROMTOOL names no promtool');
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? -1));
  });
  const [out, complaints, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { isContent: code === 0, says: out + complaints };
}
