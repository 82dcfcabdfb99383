import type { DeliveredEvent, DownFrame, Events, Position, Received } from '@longspan/protocol';
import type { HoldReason } from '../client-state.ts';
import type { Command } from './sends.ts';

/** The time (milliseconds since the Unix epoch) and a random number in [0, 1): given to every step. */
export interface Moment {
  readonly now: number;
  readonly random: number;
}

/** Every frame but `events`, whose entries come one by one, so that a handler can close the client between them. */
export type SingleFrame = Exclude<DownFrame, Events>;

export type Input =
  /** The application asks. */
  | { readonly kind: 'connect' }
  | { readonly kind: 'close' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'reconnect' }
  | { readonly kind: 'hold'; readonly reason: HoldReason }
  | { readonly kind: 'release'; readonly reason: HoldReason }
  | { readonly kind: 'send'; readonly command: Command }
  | { readonly kind: 'abandon'; readonly id: string }
  /** The application has had these events, which that session brought. */
  | { readonly kind: 'handled'; readonly session: string; readonly events: Received['events'] }
  /** The page is looked at again, after an unknown time. */
  | { readonly kind: 'visible' }
  /** The token and the stored position are there, or not. */
  | {
      readonly kind: 'prepared';
      readonly id: number;
      readonly token: string;
      readonly user: string | undefined;
      readonly renewAt: number | undefined;
      readonly stored: Position | undefined;
    }
  | { readonly kind: 'prepare_failed'; readonly id: number; readonly cause: unknown }
  | { readonly kind: 'renewed'; readonly token: string; readonly renewAt: number | undefined }
  | { readonly kind: 'renew_failed'; readonly cause: unknown }
  /** A socket speaks. */
  | { readonly kind: 'opened'; readonly id: number }
  | { readonly kind: 'frame'; readonly id: number; readonly frame: SingleFrame }
  | { readonly kind: 'entry'; readonly id: number; readonly entry: DeliveredEvent }
  | { readonly kind: 'lost'; readonly id: number; readonly code: number }
  /** The time that `nextWake` asked for has come. */
  | { readonly kind: 'tick' };

export type InputKind = Input['kind'];
