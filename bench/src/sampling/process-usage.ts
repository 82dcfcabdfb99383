import { readFile } from 'node:fs/promises';
import { busySecondsOf, cpuSecondsOf, memoryOf } from './proc-text.ts';

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

/** What was used within a measurement, by whom. */
export interface Usage {
  readonly processes: readonly ProcessUsage[];
  /** Cores that were busy with something else than these processes. */
  readonly otherCores: number;
}

/** Begins to measure these processes; the result ends it and tells. On systems without `/proc` it tells nothing. */
export async function watchUsage(processes: readonly SampledProcess[]): Promise<() => Promise<Usage>> {
  const startedMs = performance.now();
  const look = async () => ({
    own: await Promise.all(processes.map(({ pid }) => cpuSeconds(pid))),
    busy: await busySeconds(),
  });
  const before = await look();
  return async () => {
    const after = await look();
    const seconds = (performance.now() - startedMs) / 1_000;
    const usages = await Promise.all(
      processes.map(async ({ name, role, pid }, i) => {
        const [from, to, memory] = [before.own[i], after.own[i], await memoryOfProcess(pid)];
        if (from === undefined || to === undefined || memory === undefined) return undefined;
        return { name, role, cpuSeconds: to - from, cpuShare: (to - from) / seconds, ...memory };
      }),
    );
    const known = usages.filter((usage) => usage !== undefined);
    const ownSeconds = known.reduce((sum, usage) => sum + usage.cpuSeconds, 0);
    const otherCores = Math.max(0, (after.busy - before.busy - ownSeconds) / seconds);
    return { processes: known, otherCores };
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

/** 0 where the system does not tell. */
async function busySeconds(): Promise<number> {
  const stat = await readFile('/proc/stat', 'utf8').catch(() => undefined);
  return stat === undefined ? 0 : busySecondsOf(stat);
}

async function memoryOfProcess(pid: number) {
  const status = await read(pid, 'status');
  return status === undefined ? undefined : memoryOf(status);
}

function read(pid: number, file: string): Promise<string | undefined> {
  return readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => undefined);
}
