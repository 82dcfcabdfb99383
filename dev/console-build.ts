import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../bootstrap/setup-error.mjs';

const sourceFolders = ['services/console', 'libs/client', 'libs/protocol'];
const notSources = new Set(['node_modules', 'dist']);

/** Where the console's built files are, whether they are those of its present sources, and how to make them. */
type Build = { readonly folder: string; readonly isFresh: boolean; readonly build: () => Promise<void> };

/** The console's built files. They are fresh while no source of theirs changed (compared by contents). */
export function consoleBuild(rootFolder: string, stateFolder: string): Build {
  const console = join(rootFolder, 'services', 'console');
  const folder = join(console, 'dist');
  const stampFile = join(stateFolder, 'console.stamp');
  const stamp = hashOf([
    ...sourceFolders.map((path) => join(rootFolder, path)),
    join(rootFolder, 'package-lock.json'),
  ]);
  const built = existsSync(stampFile) && existsSync(join(folder, 'index.html'));
  return {
    folder,
    isFresh: built && readFileSync(stampFile, 'utf8') === stamp,
    build: async () => {
      rmSync(stampFile, { force: true });
      await runVite(rootFolder, console);
      writeFileSync(stampFile, stamp);
    },
  };
}

/** A hash over the names and contents of files, and of all files in folders. */
export function hashOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  const add = (path: string): void => {
    hash.update(path).update('\0').update(readFileSync(path)).update('\0');
  };
  const walk = (folder: string): void => {
    const entries = readdirSync(folder, { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (notSources.has(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile()) add(path);
    }
  };
  for (const path of paths) {
    if (path.endsWith('.json')) add(path);
    else walk(path);
  }
  return hash.digest('hex');
}

async function runVite(rootFolder: string, cwd: string): Promise<void> {
  const vite = join(rootFolder, 'node_modules', 'vite', 'bin', 'vite.js');
  const { promise, resolve } = Promise.withResolvers<number | null>();
  const child = spawn(process.execPath, [vite, 'build', '--logLevel', 'warn'], { cwd, windowsHide: true });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  child.on('error', (error) => {
    output += error.message;
    resolve(-1);
  });
  child.on('close', resolve);
  if ((await promise) === 0) return;
  throw new SetupError(
    `The console could not be built. Vite says:\n${output.trim().split('\n').slice(-20).join('\n')}`,
  );
}
