import type { CloudEvent, GapReason } from '@longspan/protocol';
import type { ClientState } from './client-state.ts';
import type { LongspanError } from './longspan-error.ts';

/** What an event came with. */
export interface EventMeta {
  /** The client's position once it has had this event. */
  readonly position: string;
  readonly seq: number;
  /** The sequence of the user's event before this one. */
  readonly prev: number;
  /** The edge and the session that brought it. */
  readonly edge: string;
  readonly session: string;
  /** Whether it came before its connection had caught up. */
  readonly replayed: boolean;
  /** Milliseconds since the Unix epoch, by this machine's clock. */
  readonly receivedAt: number;
}

/** Events after `from` up to and including `to` will never come (G2). */
export interface GapNotice {
  readonly from: string;
  readonly to: string;
  readonly reason: GapReason;
}

/** A command's commit (G7). */
export interface Receipt {
  readonly id: string;
  /** Its place in the log of commands; not a position of the user's stream. */
  readonly position: string;
  readonly duplicate: boolean;
}

/** The names that `on` takes, and what their handlers are called with. */
export interface EventMap {
  readonly event: readonly [event: CloudEvent, meta: EventMeta];
  readonly gap: readonly [gap: GapNotice];
  readonly caughtUp: readonly [at: { readonly position: string }];
  readonly state: readonly [state: ClientState];
  readonly error: readonly [error: LongspanError];
  readonly ping: readonly [ping: { readonly position: string; readonly edge: string }];
  readonly sent: readonly [receipt: Receipt];
}
