import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { addCoverage, newCoverage, type Coverage } from './coverage.ts';
import type { Chunk, ChunkResult } from './fleet-worker.ts';
import type { ScenarioName } from './scenario.ts';
import type { Failure } from './simulate.ts';

export interface FleetOptions {
  /** The first seed. */
  readonly first: number;
  readonly schedules: number;
  /** Worker threads. */
  readonly workers: number;
  /** All schedules of one scenario; otherwise the seeds go through all of them. */
  readonly name?: ScenarioName | undefined;
  readonly onProgress?: (result: FleetResult) => void;
}

export interface FleetResult {
  readonly schedules: number;
  readonly seconds: number;
  readonly coverage: Coverage;
  /** That of the lowest seed among those found. */
  readonly failure: Failure | undefined;
}

const CHUNK = 200;

/** Simulates the schedules of many seeds in worker threads, up to a failure. Rejects if a worker dies. */
export async function runFleet(options: FleetOptions): Promise<FleetResult> {
  const { first, schedules, workers, name, onProgress } = options;
  const startedMs = performance.now();
  const coverage = newCoverage();
  let next = first;
  let done = 0;
  const failures: Failure[] = [];
  const result = (): FleetResult => ({
    schedules: done,
    seconds: (performance.now() - startedMs) / 1_000,
    coverage,
    failure: failures.toSorted((a, b) => a.schedule.seed - b.schedule.seed)[0],
  });
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./fleet-worker.ts', import.meta.url));
    try {
      while (next < first + schedules && failures.length === 0) {
        const chunk: Chunk = { first: next, count: Math.min(CHUNK, first + schedules - next), name };
        next += chunk.count;
        worker.postMessage(chunk, []);
        const [answer] = (await once(worker, 'message')) as [ChunkResult];
        done += answer.schedules;
        addCoverage(coverage, answer.coverage);
        if (answer.failure !== undefined) failures.push(answer.failure);
        onProgress?.(result());
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: workers }, () => work()));
  return result();
}
