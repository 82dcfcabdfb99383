import type { Epoch, Seq, UserId } from '@longspan/protocol';
import type { ShardId } from '../shard.ts';

/** An event as the log holds it. `payload` is the CloudEvent's JSON text in UTF-8, handed on untouched. */
export interface LoggedEvent {
  readonly seq: Seq;
  readonly payload: Uint8Array;
  /**
   * When `publish` was called, by its publisher's clock, in milliseconds since the Unix epoch; of an event that was
   * published past this library, when it was committed.
   */
  readonly publishedMs: number;
  /** The W3C `traceparent` of its creation, if its trace is kept. */
  readonly trace?: string | undefined;
}

/** An event as it was committed just now. `prev` is the user's previous event's sequence, 0 if none is kept. */
export interface LiveEvent extends LoggedEvent {
  readonly prev: Seq;
}

/** What a shard's stream is at the moment. */
export interface ShardState {
  readonly shard: ShardId;
  /** Changes when the stream is made anew. */
  readonly epoch: Epoch;
  /** At most this many events of one user are in the stream; older ones were discarded. */
  readonly keepPerUser: number;
}

/** The last events of a group of users, all as of one moment. */
export interface Heads {
  /** The answering replica held everything up to here. Below the barrier's sequence, it is stale. */
  readonly upTo: Seq;
  /** Nothing above this sequence has been discarded for its age. */
  readonly ageFloor: Seq;
  /** The sequence of each user's last event; a user without one is absent. */
  readonly lastOf: ReadonlyMap<UserId, Seq>;
}

/** A stretch of one user's events, from one replica, in order. */
export interface Page {
  /** Starts with the event at `from` itself if that is still kept. */
  readonly events: readonly LoggedEvent[];
  /** How many events of the user that replica held after the last one here, counted when it had read them all. */
  readonly remaining: number;
  /** Nothing above this sequence had been discarded for its age when this was read, nor is while it is made use of. */
  readonly ageFloor: Seq;
}

/** A stretch of a whole shard's events, from one replica, in order. */
export interface RangePage {
  readonly events: readonly (LoggedEvent & { readonly user: UserId })[];
  /** The last sequence looked at; the next page begins after it. */
  readonly through: Seq;
  readonly remaining: number;
  /** As of a `Page`. */
  readonly ageFloor: Seq;
}

/** What the log tells unasked. Each is a reason to sync; none is needed for correctness (G9 does not rest on them). */
export type LogNotice =
  | { readonly type: 'connected' }
  | { readonly type: 'disconnected' }
  | { readonly type: 'leader_elected'; readonly shard: ShardId }
  | { readonly type: 'epoch_changed'; readonly shard: ShardId };

/**
 * The port to the log, as edges and the ingress read it. All reads may be answered by any replica, so what they
 * return may be old, but it is always a prefix of the truth; `Heads.upTo` against a barrier tells how old.
 * Every promise settles within the call's own limit and rejects with a `BrokerError` only.
 */
export interface EventLog extends AsyncDisposable {
  readonly connected: boolean;
  readonly shards: number;
  shardOf(user: UserId): ShardId;

  /** The shard's state as last seen. `refresh` asks the server, and tells `epoch_changed` if it is another stream. */
  stateOf(shard: ShardId): ShardState;
  refresh(shard: ShardId): Promise<ShardState>;

  /**
   * From now on, `onEvent` gets the user's events as they are committed: at most once each, in order, some perhaps
   * lost, which `prev` reveals, and none of a stream that was there before the one known. Interest travels through a cluster asynchronously: only a barrier sent after this
   * call tells from which sequence on the subscription is in force. `onEvent` must not throw.
   */
  subscribe(user: UserId, onEvent: (event: LiveEvent) => void): Disposable;

  /**
   * Resolves to the sequence B of a message that was committed after this call and came back on the live path:
   * everything committed before B has arrived live by now if it was going to, and everything after B will.
   * Without a quorum it rejects with `timeout`.
   */
  barrier(shard: ShardId): Promise<Seq>;

  /** One read for up to 1,000 users of one shard. */
  heads(shard: ShardId, users: readonly UserId[]): Promise<Heads>;

  /** The user's events from `from` on, up to about `events` and `bytes` of them, at least one if there is one. */
  page(user: UserId, from: Seq, limit: PageLimit): Promise<Page>;

  /** The shard's events after `after`, of all users. */
  range(shard: ShardId, after: Seq, limit: PageLimit): Promise<RangePage>;

  /** Calls `onNotice` until disposed. */
  notices(onNotice: (notice: LogNotice) => void): Disposable;
}

export interface PageLimit {
  readonly events: number;
  readonly bytes: number;
}

/** The most users one `heads` may ask for: the server answers for 1,024 subjects, a few of which are our own. */
export const HEADS_USERS_MAX = 1_000;
