import { readFile } from 'node:fs/promises';
import { cpuSecondsOf, memoryOf } from './proc-text.ts';

export type Role = 'edge' | 'broker' | 'load';

export interface SampledProcess {
  readonly name: string;
  readonly role: Role;
  readonly pid: number;
}

/** What a process has used within a measurement. */
export interface ProcessUsage {
  readonly name: string;
  readonly role: Role;
  readonly cpuSeconds: number;
  /** Of the measurement's length: 1 is a whole core. */
  readonly cpuShare: number;
  readonly residentBytes: number;
  /** Over its whole life. */
  readonly peakBytes: number;
}

/** Begins to measure these processes; the result ends it and tells. On systems without `/proc` it tells nothing. */
export async function watchUsage(
  processes: readonly SampledProcess[],
): Promise<() => Promise<readonly ProcessUsage[]>> {
  const startedMs = performance.now();
  const before = await Promise.all(processes.map(({ pid }) => cpuSeconds(pid)));
  return async () => {
    const seconds = (performance.now() - startedMs) / 1_000;
    const usages = await Promise.all(
      processes.map(async ({ name, role, pid }, i) => {
        const [from, to] = [before[i], await cpuSeconds(pid)];
        const memory = await memoryOfProcess(pid);
        if (from === undefined || to === undefined || memory === undefined) return undefined;
        return { name, role, cpuSeconds: to - from, cpuShare: (to - from) / seconds, ...memory };
      }),
    );
    return usages.filter((usage) => usage !== undefined);
  };
}

/** A process's resident memory in bytes; undefined where the system does not tell, or if it is gone. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  return (await memoryOfProcess(pid))?.residentBytes;
}

async function cpuSeconds(pid: number): Promise<number | undefined> {
  const stat = await read(pid, 'stat');
  return stat === undefined ? undefined : cpuSecondsOf(stat);
}

async function memoryOfProcess(pid: number) {
  const status = await read(pid, 'status');
  return status === undefined ? undefined : memoryOf(status);
}

function read(pid: number, file: string): Promise<string | undefined> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => undefined);
}
