import type { LatencyParcel } from '@longspan/testkit';
import type { Access } from '../systems/clients.ts';
import type { SystemName } from '../systems/system-names.ts';
import type { AudienceReport, DevicePlan, Resumption } from './audience.ts';

/** What a process of readers can be asked for. Moments are `now`'s. */
export type ReaderCalls = {
  /** Connects devices; resolves, when all are live, to how long each took. */
  readonly connect: (plan: {
    readonly system: SystemName;
    readonly access: Access;
    readonly devices: readonly DevicePlan[];
    readonly atOnce: number;
  }) => Promise<LatencyParcel>;
  /** Tells the publisher how many events have arrived, from now on. */
  readonly tell: (countsPort: number) => Promise<void>;
  /** Measures the latency of the events that are due within this time. */
  readonly measure: (window: { readonly fromMs: number; readonly toMs: number }) => void;
  readonly report: (nothing: undefined) => AudienceReport;
  readonly resumed: (what: {
    readonly sinceMs: number;
    readonly n: number;
    readonly withinMs: number;
  }) => Promise<Resumption>;
  readonly firstDueFrom: (what: { readonly dueMs: number; readonly withinMs: number }) => Promise<number>;
};
