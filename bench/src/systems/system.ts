import type { Access } from './clients.ts';
import type { ServerProcess } from './server-process.ts';
import type { SystemName } from './system-names.ts';

export interface SystemOptions {
  readonly edges: number;
  readonly shards: number;
  /** A folder for what the system stores; empty, and removed afterwards. */
  readonly folder: string;
  /** Where edges written in JavaScript leave their CPU profiles; without it they make none. */
  readonly profileFolder: string | undefined;
}

/** Something that delivers events to users, or a part of it, to be measured. */
export interface System {
  readonly name: SystemName;
  /** For people, and for the legend of a plot. */
  readonly title: string;
  /** What an acknowledged event survives. */
  readonly keeps: string;
  /** More users at once than this are refused by the system. */
  readonly usersMax?: number;
  /** Whether it has readers of its own; without them acknowledged events are counted. */
  readonly hasReaders: boolean;
  start(options: SystemOptions): Promise<RunningSystem>;
}

/** The servers of a system. Disposing of it ends them. */
export interface RunningSystem extends AsyncDisposable {
  readonly access: Access;
  /** What holds the users' connections. */
  readonly edges: readonly ServerProcess[];
  /** What holds the events. */
  readonly brokers: readonly ServerProcess[];
}
