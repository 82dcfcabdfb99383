import { DiscardPolicy, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { ShardId } from '../shard.ts';
import {
  COMMANDS_FILTER,
  COMMANDS_STREAM,
  DEAD_COMMANDS_FILTER,
  DEAD_COMMANDS_STREAM,
  eventFilter,
  LIVE_PREFIX,
  shardStream,
  syncFilter,
} from '../subjects.ts';

/** What the streams are made like. */
export interface TopologySpec {
  /** Fixed when the streams are made: which shard a user is in follows from it. */
  readonly shards: number;
  readonly replicas: number;
  /** Events kept for each user. */
  readonly eventsPerUser: number;
  readonly retentionMs: number;
  /** For how long a repeated publish of the same event is recognised (G5). */
  readonly duplicateWindowMs: number;
}

/** What we say about a stream; all else is the server's default, or an operator's. */
export type StreamWish = Partial<StreamConfig> & Pick<StreamConfig, 'name'>;

/** The largest event, in bytes of its JSON text. */
export const EVENT_BYTES_MAX = 256 * 1024;

/** Where a stream of events says among how many shards it is one. */
export const SHARDS_KEY = 'longspan.shards';

const HEADER_BYTES_MAX = 8 * 1024;
const DEAD_COMMANDS_AGE_MS = 30 * 24 * 3_600_000;

/** One shard's stream of events. */
export function shardStreamWish(shard: ShardId, spec: TopologySpec): StreamWish {
  return {
    name: shardStream(shard),
    subjects: [eventFilter(shard), syncFilter(shard)],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    num_replicas: spec.replicas,
    discard: DiscardPolicy.Old,
    // One more than is promised: a reader exactly `eventsPerUser` behind still finds its own last event, and with it
    // the certainty that it has missed nothing (libs/delivery, contiguous.ts).
    max_msgs_per_subject: spec.eventsPerUser + 1,
    max_age: nanos(spec.retentionMs),
    max_msg_size: EVENT_BYTES_MAX + HEADER_BYTES_MAX,
    duplicate_window: nanos(Math.min(spec.duplicateWindowMs, spec.retentionMs)),
    allow_direct: true,
    allow_rollup_hdrs: true,
    allow_atomic: true,
    republish: { src: '>', dest: `${LIVE_PREFIX}>` },
    metadata: { [SHARDS_KEY]: String(spec.shards) },
  };
}

/** The stream of commands. */
export function commandsStreamWish(spec: TopologySpec): StreamWish {
  return {
    name: COMMANDS_STREAM,
    subjects: [COMMANDS_FILTER],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    num_replicas: spec.replicas,
    discard: DiscardPolicy.Old,
    max_age: nanos(spec.retentionMs),
    max_msg_size: EVENT_BYTES_MAX + HEADER_BYTES_MAX,
    duplicate_window: nanos(Math.min(spec.duplicateWindowMs, spec.retentionMs)),
  };
}

/** The stream of commands that were given up. */
export function deadCommandsStreamWish(spec: TopologySpec): StreamWish {
  return {
    name: DEAD_COMMANDS_STREAM,
    subjects: [DEAD_COMMANDS_FILTER],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    num_replicas: spec.replicas,
    discard: DiscardPolicy.Old,
    max_age: nanos(DEAD_COMMANDS_AGE_MS),
  };
}
