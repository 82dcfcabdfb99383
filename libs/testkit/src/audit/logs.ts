/**
 * The logs from which a run is judged. They are written by three parties that do not know of each other: whoever
 * published, the stream itself, and the application's callback of each client.
 */

/**
 * What became of an event in its publisher's eyes: `acknowledged`: an answer said that it is committed; `refused`: an
 * answer said that it is not and will not be; `indeterminate`: no answer came, so it may be there once or not at all.
 */
export type PublishOutcome = 'acknowledged' | 'refused' | 'indeterminate';

/** An event as its publisher remembers it. A log holds them in the order of publishing. */
export interface Published {
  /** Whoever published it: between two publishers there is no order. */
  readonly publisher: string;
  readonly user: string;
  /** Unique in the whole run, across users. */
  readonly id: string;
  readonly outcome: PublishOutcome;
}

/** An event as it lies in the stream after the run. */
export interface Committed {
  readonly user: string;
  readonly id: string;
  readonly seq: number;
}

/** What an application's callback was given: an event, or word of a gap from a sequence (exclusive) to another. */
export type Seen =
  | { readonly kind: 'event'; readonly seq: number; readonly id: string }
  | { readonly kind: 'gap'; readonly from: number; readonly to: number; readonly reason: string };

/** What one client saw, over all its connections. */
export interface ClientLog {
  readonly client: string;
  readonly user: string;
  /** It is owed every event of its user after this sequence. */
  readonly from: number;
  readonly seen: readonly Seen[];
}

export interface RunLogs {
  readonly published: readonly Published[];
  readonly committed: readonly Committed[];
  readonly clients: readonly ClientLog[];
}
