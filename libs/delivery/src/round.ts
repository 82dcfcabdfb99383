import type { Heads } from '@longspan/broker';
import { unreachable, type Seq, type UserId } from '@longspan/protocol';

/**
 * A sync round: the one mechanism by which an edge makes sure, for a group of users of one shard, that it has missed
 * nothing. Their subscriptions are there before it starts.
 *
 *              passed                    looked, fresh
 *   ┌─────────┐        ┌─────────┐                      ┌───────┐
 *   │ passing │ ─────▶ │ looking │ ───────────────────▶ │ ended │
 *   └─────────┘        └─────────┘                      └───────┘
 *        │               │  ▲  │ a stale replica, a failed read      ▲
 *        │               │  └──┘                                     │
 *        └───────────────┴──── no barrier; too many tries ───────────┘
 *
 * Passing: the barrier is under way. Looking: one read for the users' last events. A replica that had not yet seen
 * the barrier is stale, and another is asked.
 */
export type Round = PassingRound | LookingRound | EndedRound;

interface PassingRound {
  readonly kind: 'passing';
  readonly users: readonly UserId[];
}

interface LookingRound {
  readonly kind: 'looking';
  readonly users: readonly UserId[];
  readonly barrier: Seq;
  readonly attempt: number;
}

interface EndedRound {
  readonly kind: 'ended';
}

export type RoundInput =
  | { readonly type: 'passed'; readonly barrier: Seq }
  | { readonly type: 'not_passed' }
  | { readonly type: 'looked'; readonly heads: Heads }
  | { readonly type: 'look_failed' };

export type RoundEffect =
  | { readonly type: 'pass' }
  /** Read the heads, after a pause if `attempt` is above 0. */
  | { readonly type: 'look'; readonly users: readonly UserId[]; readonly attempt: number }
  | { readonly type: 'confirmed'; readonly barrier: Seq; readonly heads: Heads }
  | { readonly type: 'failed' };

export interface RoundStep {
  readonly round: Round;
  readonly effects: readonly RoundEffect[];
}

/** How often the heads are asked for in one round. Replicas are rarely behind by more than a few milliseconds. */
export const LOOKS_MAX = 8;

const ENDED: EndedRound = { kind: 'ended' };

export function startRound(users: readonly UserId[]): RoundStep {
  return { round: { kind: 'passing', users }, effects: [{ type: 'pass' }] };
}

export function stepRound(round: Round, input: RoundInput): RoundStep {
  switch (round.kind) {
    case 'passing':
      if (input.type === 'passed') return look(round.users, input.barrier, 0);
      return input.type === 'not_passed' ? fail() : { round, effects: [] };
    case 'looking':
      if (input.type === 'looked' && input.heads.upTo >= round.barrier) {
        return { round: ENDED, effects: [{ type: 'confirmed', barrier: round.barrier, heads: input.heads }] };
      }
      return input.type === 'looked' || input.type === 'look_failed'
        ? look(round.users, round.barrier, round.attempt + 1)
        : { round, effects: [] };
    case 'ended':
      return { round, effects: [] };
    default:
      return unreachable(round);
  }
}

function look(users: readonly UserId[], barrier: Seq, attempt: number): RoundStep {
  if (attempt >= LOOKS_MAX) return fail();
  return { round: { kind: 'looking', users, barrier, attempt }, effects: [{ type: 'look', users, attempt }] };
}

function fail(): RoundStep {
  return { round: ENDED, effects: [{ type: 'failed' }] };
}
