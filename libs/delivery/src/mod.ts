export { contiguous, type Stretch } from './contiguous.ts';
export { ENTRY_OVERHEAD_BYTES, entryBytes, type Entry } from './entry.ts';
export {
  deliveredOf,
  FEED_BUFFER_BYTES_MAX,
  knownOf,
  newFeed,
  standingOf,
  stepFeed,
  type Confirmed,
  type Feed,
  type FeedEffect,
  type FeedInput,
  type Standing,
} from './feed.ts';
export { offer, type OutboxLimits } from './outbox.ts';
export { pauseMs } from './pause.ts';
export { planReplay, rangeIsComplete, type RangePlan, type ReplayWish } from './replay-plan.ts';
export { startRound, stepRound, type Round, type RoundEffect, type RoundInput } from './round.ts';
export {
  newSession,
  stepSession,
  type FeedView,
  type Session,
  type SessionEffect,
  type SessionInput,
  type Start,
} from './session.ts';
export { Tail } from './tail.ts';
