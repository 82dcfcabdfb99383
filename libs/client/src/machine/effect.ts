import type { CloudEvent, GapReason, Position, UpFrame } from '@longspan/protocol';
import type { ClientErrorCode } from '../longspan-error.ts';
import type { Machine } from './state.ts';

/** How a command ended. */
export type Outcome =
  | { readonly kind: 'committed'; readonly position: string; readonly duplicate: boolean }
  | {
      readonly kind: 'refused';
      readonly code: ClientErrorCode;
      readonly message: string;
      readonly retryable: boolean;
    };

/** What a delivered event came with. */
export interface EntryMeta {
  readonly position: Position;
  readonly prev: number;
  readonly edge: string;
  readonly session: string;
  readonly replayed: boolean;
  readonly receivedAt: number;
}

export type Effect =
  /** Get a token (`fresh`: not the last one again) and, if `load`, the stored position. */
  | { readonly kind: 'prepare'; readonly id: number; readonly fresh: boolean; readonly load: boolean }
  | { readonly kind: 'renew' }
  | { readonly kind: 'open'; readonly id: number; readonly url: string }
  | { readonly kind: 'transmit'; readonly id: number; readonly frame: UpFrame }
  /** Be done with a socket: with a close handshake, or as if the network had gone. Nothing more is heard of it. */
  | { readonly kind: 'drop'; readonly id: number; readonly how: 'close' | 'cut' }
  | { readonly kind: 'deliver'; readonly event: CloudEvent; readonly meta: EntryMeta }
  | { readonly kind: 'gap'; readonly from: Position; readonly to: Position; readonly reason: GapReason }
  /** The application has had everything up to here. */
  | { readonly kind: 'save'; readonly user: string; readonly position: Position }
  | { readonly kind: 'caught_up'; readonly position: Position }
  | { readonly kind: 'ping'; readonly position: string; readonly edge: string }
  | { readonly kind: 'settle'; readonly id: string; readonly outcome: Outcome }
  | {
      readonly kind: 'report';
      readonly code: ClientErrorCode;
      readonly message: string;
      readonly retryable: boolean;
      readonly cause?: unknown;
    };

export interface Step {
  readonly state: Machine;
  readonly effects: readonly Effect[];
}

export function stay(state: Machine, ...effects: Effect[]): Step {
  return { state, effects };
}

/** One step after another: the effects of both, in order. */
export function andThen(first: Step, next: (state: Machine) => Step): Step {
  const second = next(first.state);
  return { state: second.state, effects: [...first.effects, ...second.effects] };
}
