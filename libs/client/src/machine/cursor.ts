import type { DeliveredEvent, GapReason, Position } from '@longspan/protocol';

/** What an entry is to a client at a position. */
export type EntryVerdict = 'next' | 'repeat' | 'hole';

/**
 * Judges an entry of the same epoch (PROTOCOL.md, Positions): it follows if `prev <= position < seq`, it is a repeat
 * if the client is past it, and if the chain says that something lies between, there is a hole before it.
 */
export function judgeEntry(position: Position, entry: DeliveredEvent): EntryVerdict {
  if (entry.seq <= position.seq) return 'repeat';
  return entry.prev <= position.seq ? 'next' : 'hole';
}

/**
 * Judges the end of a replay: everything up to there was sent, so a client that is not there has missed something,
 * even if no later event ever comes to show it (G9).
 */
export function judgeEnd(position: Position, end: Position): 'there' | 'hole' {
  return end.epoch !== position.epoch || end.seq > position.seq ? 'hole' : 'there';
}

/** A gap with its positions read. */
export interface Movement {
  readonly from: Position;
  readonly to: Position;
  readonly reason: GapReason;
}

/** What a gap is to a client: it moves there, or has all of it already, or misses something before it. */
export type GapVerdict = 'move' | 'repeat' | 'hole';

/**
 * Judges a gap. Its range must begin where the client is or before, or else the events between would be lost
 * without a word (G2). `expired` only moves forwards; `reset` and `rewound` are the edge's word on another history.
 */
export function judgeGap(position: Position, gap: Movement): GapVerdict {
  if (gap.from.epoch !== position.epoch) return gap.to.epoch === position.epoch ? 'repeat' : 'hole';
  if (gap.from.seq > position.seq) return 'hole';
  if (gap.reason === 'expired' && gap.to.epoch === position.epoch && gap.to.seq <= position.seq)
    return 'repeat';
  return 'move';
}
