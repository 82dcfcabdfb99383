import type { Row, Status } from './judgement.ts';
import type { RunFile } from './run-file.ts';

/** A duration for people: `48 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How a row's status is told. */
export function statusOf({ holds }: Row): Status {
  return holds ? 'passed' : 'failed';
}

export const SIGNS: Readonly<Record<Status, string>> = { passed: '✓', failed: '✗', 'not run': '–' };

/** What a run was run with, as pairs of a name and a value. */
export function circumstances(run: RunFile): readonly (readonly [name: string, value: string])[] {
  const { machine, scale, seed, commit, startedAt, durationMs } = run;
  return [
    ['Scale', scale],
    ['Seed', seed],
    ['Commit', commit],
    ['Began', `${startedAt.slice(0, 16).replace('T', ' ')} UTC`],
    ['Took', duration(durationMs)],
    ['Machine', `${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.cpu}`],
    ['System', machine.os],
    ['Node', machine.node],
    ['NATS server', `${machine.natsServer}, clusters in ${machine.clusters}`],
  ];
}
