import type { Heads, ShardState } from '@longspan/broker';
import type { Entry } from '@longspan/delivery';
import { SEQ_ZERO, type GapReason, type Position, type Seq, type UserId } from '@longspan/protocol';

/** A stretch of a user's history, as it is answered. */
export interface History {
  readonly epoch: Position['epoch'];
  readonly entries: readonly Entry[];
  /** Pass it as `after` to go on. */
  readonly next: Position;
  readonly more: boolean;
  readonly gap: HistoryGap | undefined;
  /** True if it holds everything that was acknowledged before the request. */
  readonly fresh: boolean;
}

/** Events after `from` up to and including `to` can no longer be had. */
export interface HistoryGap {
  readonly from: Position;
  readonly to: Position;
  readonly reason: GapReason;
}

/** The log at one moment, in the eyes of one replica; `fresh` if that replica had passed a barrier of ours. */
export interface Moment {
  readonly state: ShardState;
  readonly heads: Heads;
  readonly fresh: boolean;
}

/** Where reading begins, after comparing what the caller holds with what the log is. */
export type Start =
  | { readonly kind: 'earliest'; readonly seq: typeof SEQ_ZERO }
  | { readonly kind: 'after'; readonly seq: Seq }
  /** The position is of another incarnation of the stream: everything is new. */
  | { readonly kind: 'reset'; readonly seq: typeof SEQ_ZERO; readonly from: Position }
  /** The position is past the end of the stream, which has lost its tail: go on from the end. */
  | { readonly kind: 'rewound'; readonly seq: Seq; readonly from: Position };

/** What was read from `Start.seq` on. */
export interface Stretch {
  readonly entries: readonly Entry[];
  /** Events between the start and the first entry may have been discarded. */
  readonly missing: boolean;
  /** There are more events after these. */
  readonly more: boolean;
}

export function startOf(after: Position | 'earliest', user: UserId, { state, heads, fresh }: Moment): Start {
  if (after === 'earliest') return { kind: 'earliest', seq: SEQ_ZERO };
  if (after.epoch !== state.epoch) return { kind: 'reset', seq: SEQ_ZERO, from: after };
  // Only a replica that is known to be up to date can tell that there is nothing at this position.
  if (fresh && after.seq > heads.upTo) {
    return { kind: 'rewound', seq: heads.lastOf.get(user) ?? heads.upTo, from: after };
  }
  return { kind: 'after', seq: after.seq };
}

/** What is known without reading: undefined if there are events to be read. */
export function stretchWithoutReading(start: Start, user: UserId, { heads }: Moment): Stretch | undefined {
  const last = heads.lastOf.get(user);
  if (last !== undefined && last > start.seq) return undefined;
  return { entries: [], missing: last === undefined && start.seq < heads.ageFloor, more: false };
}

/** The answer. Only who named a position can have missed something: `earliest` is told no gap. */
export function historyOf(start: Start, { state, heads, fresh }: Moment, stretch: Stretch): History {
  const { entries, missing, more } = stretch;
  const at = (seq: Seq): Position => ({ epoch: state.epoch, seq });
  // An answer without events moves an idle reader on all the same, lest its position grow too old.
  const end = entries.at(-1)?.seq ?? (Math.max(start.seq, heads.upTo) as Seq);
  const first = entries[0];
  const before = first === undefined ? end : ((first.seq - 1) as Seq);
  return { epoch: state.epoch, entries, next: at(end), more, gap: gapOf(start, missing, at, before), fresh };
}

function gapOf(
  start: Start,
  missing: boolean,
  at: (seq: Seq) => Position,
  before: Seq,
): HistoryGap | undefined {
  switch (start.kind) {
    case 'earliest':
      return undefined;
    case 'after':
      return missing ? { from: at(start.seq), to: at(before), reason: 'expired' } : undefined;
    case 'reset':
      return { from: start.from, to: at(before), reason: 'reset' };
    case 'rewound':
      return { from: start.from, to: at(before), reason: 'rewound' };
  }
}
