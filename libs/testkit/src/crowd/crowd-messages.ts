import type { SentCommand } from '../audit/logs.ts';
import type { LatencyParcel } from '../evidence/latency-recorder.ts';
import type { LoopDelay } from '../threads/loop-delay.ts';
import type { Overdue } from '../threads/watchdog.ts';
import type { Comings, WorkerPlan } from './crowd-plan.ts';
import type { ClientParcel, PublishedParcel } from './log-parcel.ts';

/** What every worker of a crowd needs to know of the system. */
export interface Surroundings {
  readonly edges: readonly { readonly url: string; readonly endpoint: string }[];
  readonly ingress: { readonly url: string; readonly token: string };
  readonly natsUrls: readonly string[];
  readonly padChars: number | undefined;
  readonly comings: Comings | undefined;
  readonly commandRate: number;
}

/** A user and the ids of events that its devices have to see: each publisher's last acknowledged one. */
export type LastOf = readonly (readonly [user: string, ids: readonly string[]])[];

/** To a worker, in this order. */
export type ToWorker =
  | { readonly kind: 'begin'; readonly plan: WorkerPlan; readonly surroundings: Surroundings }
  /** All devices everywhere are live: publish, come and go. */
  | { readonly kind: 'go' }
  /** Publish no more, and tell what was acknowledged last. */
  | { readonly kind: 'stop' }
  /** Come back, wait until the devices have seen these, and hand in the logs. */
  | { readonly kind: 'settle'; readonly last: LastOf };

/** From a worker. */
export type FromWorker =
  | { readonly kind: 'live' }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'stopped'; readonly last: LastOf }
  | { readonly kind: 'harvest'; readonly harvest: Harvest };

/** What has happened in one worker so far. */
export interface Progress {
  readonly acknowledged: number;
  readonly delivered: number;
  /** Connections that were given up on purpose, in whatever way. */
  readonly goings: number;
}

/** Everything that a worker leaves behind. */
export interface Harvest {
  readonly progress: Progress;
  readonly clients: readonly ClientParcel[];
  readonly published: readonly PublishedParcel[];
  readonly commands: readonly SentCommand[];
  readonly latency: LatencyParcel;
  readonly reconnect: LatencyParcel;
  readonly watched: number;
  readonly longestMs: number;
  readonly overdue: readonly Overdue[];
  readonly loopDelay: LoopDelay;
}
