import type { Moment, Operations } from '@longspan/protocol';

/** What the operations page knows. */
export interface OperationsView {
  readonly feed: Feed;
  /** As it was told last; it is old while the feed is not live. */
  readonly latest: Operations | undefined;
  /** The last five minutes, the oldest moment first. */
  readonly history: readonly Moment[];
}

/** How the page hears of the system. */
export type Feed =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** It is tried again by itself. */
  | { readonly kind: 'lost'; readonly reason: string }
  | { readonly kind: 'token_needed'; readonly refused: boolean }
  /** This ingress shows operations to nobody. */
  | { readonly kind: 'absent' };

export type OperationsInput =
  | { readonly kind: 'feed'; readonly feed: Feed }
  | { readonly kind: 'history'; readonly moments: readonly Moment[] }
  | { readonly kind: 'operations'; readonly operations: Operations };

/** So far back plots go, in milliseconds. */
export const HISTORY_MS = 300_000;

export const NOTHING_HEARD: OperationsView = { feed: { kind: 'connecting' }, latest: undefined, history: [] };

/** The view after one more input. */
export function extendOperations(view: OperationsView, input: OperationsInput): OperationsView {
  switch (input.kind) {
    case 'feed':
      return { ...view, feed: input.feed };
    case 'history':
      // Another ingress, or this one started anew, may know less than the page does.
      return { ...view, history: merged(view.history, input.moments) };
    case 'operations': {
      const { operations } = input;
      const heard = operations.connected ? [operations.totals] : [];
      return {
        feed: { kind: 'live' },
        latest: operations,
        history: recent([...view.history, ...heard], operations.atMs),
      };
    }
  }
}

function merged(known: readonly Moment[], told: readonly Moment[]): readonly Moment[] {
  const first = told[0]?.atMs ?? Number.POSITIVE_INFINITY;
  return [...known.filter(({ atMs }) => atMs < first), ...told];
}

function recent(moments: readonly Moment[], nowMs: number): readonly Moment[] {
  return moments.filter(({ atMs }) => atMs > nowMs - HISTORY_MS);
}
