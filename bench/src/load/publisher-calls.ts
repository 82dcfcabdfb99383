import type { LatencyParcel } from '@longspan/testkit';
import type { Access } from '../systems/clients.ts';
import type { SystemName } from '../systems/system-names.ts';

/** For whom is published. */
export interface Addressees {
  /** Users with devices, `user-0` and so on. */
  readonly attended: number;
  /** Users beyond those, to whom nobody listens. */
  readonly idle: number;
  /** The part of all events that goes to idle users. */
  readonly idleShare: number;
  /** Devices of each attended user; 0 where a system is measured without readers. */
  readonly devices: number;
}

/** What became of the events of one call. */
export interface PublishReport {
  readonly published: number;
  /** Of those, to users with devices. */
  readonly attended: number;
  readonly failed: number;
  readonly firstFailure: string | undefined;
  /** How much later than due an event was handed to the system: the generator's own delay. */
  readonly lag: LatencyParcel;
  /** From when an event was due to its acknowledgement. */
  readonly acknowledged: LatencyParcel;
}

export interface SaturationReport extends PublishReport {
  /** Events a second that were delivered to callbacks or, where nobody listens, acknowledged; within the measured time. */
  readonly eventsPerSecond: number;
}

/** What the publishing process can be asked for. Moments are `now`'s. */
export type PublisherCalls = {
  /** @returns the port where readers tell how many events have arrived. */
  readonly open: (plan: {
    readonly system: SystemName;
    readonly access: Access;
    readonly addressees: Addressees;
    readonly dataBytes: number;
    readonly seed: number;
  }) => Promise<number>;
  /** Publishes at a rate that the system has no influence on; only what is due after the warm-up is reported. */
  readonly openLoop: (load: {
    readonly ratePerSecond: number;
    readonly startMs: number;
    readonly warmMs: number;
    readonly lengthMs: number;
  }) => Promise<PublishReport>;
  /** Publishes as fast as events arrive, with at most `window` on their way. */
  readonly saturate: (load: {
    readonly window: number;
    readonly startMs: number;
    readonly warmMs: number;
    readonly lengthMs: number;
  }) => Promise<SaturationReport>;
  /** Publishes so many events for each user, with at most `window` unacknowledged. */
  readonly toEach: (load: { readonly count: number; readonly window: number }) => Promise<PublishReport>;
  /** Ends an open loop that is under way. */
  readonly halt: (nothing: undefined) => void;
};
