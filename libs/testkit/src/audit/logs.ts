/**
 * The logs from which a run is judged. They are written by parties that do not know of each other: whoever published,
 * the stream itself, the application's callback of each client, and the back end that acted on commands.
 */

/**
 * What became of an event or a command in its sender's eyes: `acknowledged`: an answer said that it is committed;
 * `refused`: an answer said that it is not and will not be; `indeterminate`: no answer came, so it may be there once or
 * not at all.
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
  /** Where the acknowledgement said that it is, if the publisher kept that. */
  readonly seq?: number;
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
  | {
      readonly kind: 'gap';
      readonly from: number;
      readonly to: number;
      readonly reason: string;
      /** The epochs of the two positions, which a `reset` is judged by. */
      readonly epochs?: readonly [from: string, to: string];
    };

/** Word of a gap between two positions, as a client was told it. */
export function gapSeen(from: string, to: string, reason: string): Seen {
  const [fromEpoch = '', fromSeq] = from.split('-');
  const [toEpoch = '', toSeq] = to.split('-');
  return { kind: 'gap', from: Number(fromSeq), to: Number(toSeq), reason, epochs: [fromEpoch, toEpoch] };
}

/** What one client saw, over all its connections. */
export interface ClientLog {
  readonly client: string;
  readonly user: string;
  /** It is owed every event of its user after this sequence. */
  readonly from: number;
  readonly seen: Iterable<Seen>;
  /** It logs what came on the wire, before anybody could drop a repeat. */
  readonly wire?: boolean;
  /**
   * What its library dropped before the callback: `repeats` that one connection brought twice, and `overlaps` that a
   * connection brought after another one had, as happens while one takes over.
   */
  readonly dropped?: { readonly repeats: number; readonly overlaps: number };
}

/** A command as the client that sent it remembers it. */
export interface SentCommand {
  readonly user: string;
  /** The client's id, unique among the user's commands. */
  readonly id: string;
  readonly outcome: PublishOutcome;
}

/** The back end has acted on a command: one for each time. */
export interface CommandEffect {
  readonly user: string;
  readonly id: string;
}

/** What a shard's stream says of itself: by these rules it may have discarded events. */
export interface StreamFacts {
  readonly name: string;
  /** Names the incarnation, as in positions. */
  readonly epoch: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** No user has more events in it than this. */
  readonly keepPerUser: number;
  /** Age may have discarded what lies at or below this sequence; 0 as long as nothing can have aged away. */
  readonly agedUpTo: number;
}

/** Everything that a run is judged by. Each log is read more than once; only the publishers' must be kept in order. */
export interface RunLogs {
  readonly published: Iterable<Published>;
  readonly committed: Iterable<Committed>;
  readonly clients: Iterable<ClientLog>;
  /**
   * The streams' own facts. With them a gap, or an acknowledged event that is not there, is only excused by a rule that
   * can have discarded something; without them it is by the absence of the events alone.
   */
  readonly streams?: readonly StreamFacts[];
  readonly commands?: { readonly sent: Iterable<SentCommand>; readonly effects: Iterable<CommandEffect> };
}
