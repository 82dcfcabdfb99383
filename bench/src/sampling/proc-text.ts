/** Of every Linux that Node runs on: what `getconf CLK_TCK` prints. */
const TICKS_PER_SECOND = 100;
const KIB = 1_024;
/** Counted from the field after the command's name: utime and stime, fields 14 and 15 of proc(5). */
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/** The CPU seconds, in user mode and in the kernel, that `/proc/<pid>/stat` tells of a process. */
export function cpuSecondsOf(stat: string): number {
  // The command's name stands in brackets and may hold anything, brackets and spaces too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS]);
  if (!Number.isFinite(ticks)) throw new Error(`not a /proc/<pid>/stat: ${stat}`);
  return ticks / TICKS_PER_SECOND;
}

/** The CPU seconds that all processes of the machine have used, and the hypervisor's other guests, by `/proc/stat`. */
export function busySecondsOf(stat: string): number {
  const fields = /^cpu +(.+)$/m.exec(stat)?.[1]?.split(' ').map(Number) ?? [];
  const [user = Number.NaN, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = fields;
  const ticks = user + nice + system + irq + softIrq + steal;
  if (!Number.isFinite(ticks)) throw new Error(`not a /proc/stat: ${stat}`);
  return ticks / TICKS_PER_SECOND;
}

export interface Memory {
  readonly residentBytes: number;
  /** The most that it ever had. */
  readonly peakBytes: number;
}

/** What `/proc/<pid>/status` tells of a process's memory. */
export function memoryOf(status: string): Memory {
  return { residentBytes: bytesOf('VmRSS', status), peakBytes: bytesOf('VmHWM', status) };
}

function bytesOf(field: string, status: string): number {
  const kib = new RegExp(`^${field}:\\s+([0-9]+) kB$`, 'm').exec(status)?.[1];
  if (kib === undefined) throw new Error(`no ${field} in /proc/<pid>/status`);
  return Number(kib) * KIB;
}
