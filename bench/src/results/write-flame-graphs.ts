import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { callTree, type CpuProfile } from './cpu-profile.ts';
import { flameGraph } from './flame-graph.ts';

const PROFILE = '.cpuprofile';

/** Draws a flame graph beside each CPU profile in the folder; none if it does not exist. */
export async function writeFlameGraphs(folder: string, title: string): Promise<void> {
  const files = await readdir(folder).catch(() => []);
  for (const [i, file] of files.filter((name) => name.endsWith(PROFILE)).entries()) {
    const profile = JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile;
    await writeFile(join(folder, `edge-${i}.svg`), flameGraph(callTree(profile), title));
  }
}
