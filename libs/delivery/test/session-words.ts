import type { Page } from '@longspan/broker';
import type { Epoch, GapReason, Position, Seq } from '@longspan/protocol';
import { ENTRY_OVERHEAD_BYTES, type Entry } from '../src/entry.ts';
import type { FeedView } from '../src/feed-view.ts';
import type { Confirmed } from '../src/feed.ts';
import type { Session, SessionEffect, SessionInput, SessionStep } from '../src/session.ts';

/** Sessions, what they are told and what they tell, in few words, for tests. */

type Placed = Exclude<Session, { kind: 'joining' }>;

const NO_PAYLOAD = new Uint8Array();
export const epoch = 'now' as Epoch;
export const other = 'new' as Epoch;
/** Room for two entries. */
export const limits = { bytesMax: 2 * ENTRY_OVERHEAD_BYTES, bytesLow: ENTRY_OVERHEAD_BYTES };

export function stepTo(session: Session, ...effects: SessionEffect[]): SessionStep {
  return { session, effects };
}

export function at(seq: number): Position {
  return { epoch, seq: seq as Seq };
}

export function live(seq: number): Extract<Session, { kind: 'live' }> {
  return { kind: 'live', at: seq as Seq, epoch, caughtUp: true, reads: 3 };
}

export function replaying(seq: number): Extract<Session, { kind: 'replaying' }> {
  const progress = { synced: true, warned: false, claimed: 0 as Seq, fromEarliest: false };
  return { ...live(seq), kind: 'replaying', progress, attempt: 0 };
}

export function lagging(seq: number): Extract<Session, { kind: 'lagging' }> {
  return { ...live(seq), kind: 'lagging', progress: replaying(seq).progress };
}

export function withProgress<S extends Extract<Placed, { progress: unknown }>>(
  session: S,
  progress: Partial<S['progress']>,
): S {
  return { ...session, progress: { ...session.progress, ...progress } };
}

export type ViewParts = Partial<Omit<FeedView, 'confirmed'>> & { readonly confirmed?: Partial<Confirmed> };

export function view(known: number, { confirmed, ...parts }: ViewParts = {}): FeedView {
  const tailAfter = () => undefined;
  return {
    epoch,
    known: known as Seq,
    confirmed: { round: 1, barrier: 20 as Seq, head: known as Seq, ageFloor: 0 as Seq, ...confirmed },
    keepPerUser: 1_000,
    tailAfter,
    ...parts,
  };
}

export function pageOf(
  read: number,
  seqs: number[],
  { remaining = 0, ageFloor = 0, waitingBytes = 0, feed = view(12) } = {},
): Extract<SessionInput, { type: 'page' }> {
  const page: Page = {
    events: seqs.map((seq) => ({ seq: seq as Seq, payload: NO_PAYLOAD, publishedMs: 0 })),
    remaining,
    ageFloor: ageFloor as Seq,
  };
  return { type: 'page', read, page, feed, waitingBytes };
}

export function entry(prev: number, seq: number): Entry {
  return { prev: prev as Seq, seq: seq as Seq, payload: NO_PAYLOAD, publishedMs: 0 };
}

export function liveOf(...pairs: [prev: number, seq: number][]): Extract<SessionInput, { type: 'live' }> {
  return { type: 'live', entries: pairs.map(([prev, seq]) => entry(prev, seq)), waitingBytes: 0 };
}

/** What a session sends of what its feed handed on. */
export function handedOn(...pairs: [prev: number, seq: number][]): SessionEffect {
  return { type: 'entries', how: 'live', entries: pairs.map(([prev, seq]) => entry(prev, seq)) };
}

/** What a session sends of what it read for itself. */
export function replayed(...pairs: [prev: number, seq: number][]): SessionEffect {
  return { type: 'entries', how: 'replayed', entries: pairs.map(([prev, seq]) => entry(prev, seq)) };
}

export function gap(from: number, to: number, reason: GapReason = 'expired'): SessionEffect {
  return { type: 'gap', from: at(from), to: at(to), reason };
}

export function resetFrom(from: number): SessionEffect {
  return { type: 'gap', from: at(from), to: { epoch: other, seq: 0 as Seq }, reason: 'reset' };
}

export function caughtUp(seq: number): SessionEffect {
  return { type: 'caught_up', position: at(seq) };
}

export function readFrom(from: number, attempt = 0): Extract<SessionEffect, { type: 'read' }> {
  return { type: 'read', read: 4, from: from as Seq, attempt };
}
