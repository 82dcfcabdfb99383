import { parentPort } from 'node:worker_threads';
import { newCoverage, type Coverage } from './coverage.ts';
import type { ScenarioName } from './scenario.ts';
import { simulate, type Failure } from './simulate.ts';

/** Seeds for one worker: from `first`, `count` of them. */
export interface Chunk {
  readonly first: number;
  readonly count: number;
  readonly name: ScenarioName | undefined;
}

export interface ChunkResult {
  readonly schedules: number;
  readonly coverage: Coverage;
  readonly failure: Failure | undefined;
}

const port = parentPort;
if (port === null) throw new Error('runs in a worker thread only');
port.on('message', (chunk: Chunk) => void run(chunk).then((result) => port.postMessage(result)));

/** Up to the first failure. */
async function run({ first, count, name }: Chunk): Promise<ChunkResult> {
  const coverage = newCoverage();
  for (let seed = first; seed < first + count; seed++) {
    const failure = await simulate(seed, coverage, name);
    if (failure !== undefined) return { schedules: seed - first + 1, coverage, failure };
  }
  return { schedules: count, coverage, failure: undefined };
}
