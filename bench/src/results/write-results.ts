import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SetupError } from '../../../bootstrap/setup-error.mjs';
import { plotFiles } from './plots.ts';
import type { BenchResult } from './result.ts';
import { summaryOfRun } from './summary.ts';

/** A run's figures, in its folder. */
export const RESULT = 'result.json';

/** Leaves a run in the folder, and nothing of an earlier one but profiles: `result.json`, `summary.md` and the plots. */
export async function writeResults(folder: string, result: BenchResult, then?: BenchResult): Promise<void> {
  const plots = join(folder, 'plots');
  await rm(plots, { recursive: true, force: true });
  await mkdir(plots, { recursive: true });
  await writeFile(join(folder, RESULT), `${JSON.stringify(result)}\n`);
  await writeFile(join(folder, 'summary.md'), summaryOfRun(result, then));
  for (const { name, svg } of plotFiles(result)) await writeFile(join(plots, `${name}.svg`), svg);
}

/** Reads a `result.json`. Rejects with a `SetupError` if it is none. */
export async function readResult(path: string): Promise<BenchResult> {
  let result: unknown;
  try {
    result = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new SetupError(`${path} cannot be read as a result of the benchmark`, { cause: error });
  }
  if (typeof result !== 'object' || result === null || !('format' in result) || result.format !== 1) {
    throw new SetupError(`${path} is no result of this benchmark`);
  }
  return result as BenchResult;
}
