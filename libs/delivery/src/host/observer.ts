import type { GapReason, Position } from '@longspan/protocol';
import type { FeedEffect } from '../feed.ts';
import type { SessionEffect } from '../session.ts';

/**
 * What the hosts tell whoever watches over them. Calls are made as things happen, on the way of events, so they must be
 * cheap; they must not throw. Nothing depends on them.
 */
export interface Observer {
  /** A sync round of so many users begins. What is returned is called once, when it has ended. */
  roundBegan(users: number): (outcome: RoundOutcome) => void;
  /** A round showed that the last event of a user whose feed was live had not arrived live. */
  tailFound(): void;
  /** A replica that was behind answered, and is asked again. */
  staleRead(): void;
  /** An event came live whose predecessor had not. */
  chainBroke(): void;
  /** The log is read: a page of one user, or a bite of a shard for many. */
  read(how: 'page' | 'range'): void;
  gapTold(session: string, from: Position, to: Position, reason: GapReason): void;
}

export type RoundOutcome = 'confirmed' | 'failed';

const nothing = (): void => undefined;

export const NO_OBSERVER: Observer = {
  roundBegan: () => nothing,
  tailFound: nothing,
  staleRead: nothing,
  chainBroke: nothing,
  read: nothing,
  gapTold: nothing,
};

/** Whether a machine makes this of a page: it brought nothing although there must be something. */
export function asksAgain(effect: FeedEffect | SessionEffect): boolean {
  return effect.type === 'read' && effect.attempt > 0;
}
