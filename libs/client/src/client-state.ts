import type { CloseReason } from '@longspan/protocol';

/** Why the client is kept from connecting: the browser is offline, or the application asked, or reads too slowly. */
export type HoldReason = 'network' | 'paused' | 'slow_reader';

/** Why the last connection or attempt ended; `left_behind`: another one, which is gone, had brought more than its replay did. */
export type LossReason =
  | CloseReason
  | 'closed_by_peer'
  | 'connect_failed'
  | 'timeout'
  | 'silence'
  | 'chain_broken'
  | 'tail_lost'
  | 'left_behind'
  | 'token_failed'
  | 'cut';

/** Why the client does not come back by itself. */
export type ClosedReason = 'application' | 'user_changed' | CloseReason;

/** Where a client is. A field exists only where it means something. */
export type ClientState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'connecting'; readonly url: string; readonly attempt: number }
  | { readonly kind: 'replaying'; readonly edge: string; readonly session: string }
  | { readonly kind: 'live'; readonly edge: string; readonly session: string }
  | {
      readonly kind: 'waiting';
      readonly attempt: number;
      /** Milliseconds since the Unix epoch. */
      readonly retryAtMs: number;
      readonly reason: LossReason;
    }
  | { readonly kind: 'offline'; readonly reasons: readonly HoldReason[] }
  | { readonly kind: 'closed'; readonly reason: ClosedReason };
