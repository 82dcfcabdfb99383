import {
  DiscardPolicy,
  JetStreamApiError,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos, type NatsConnection } from '@nats-io/transport-node';
import { BrokerError } from '../errors.ts';
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
import { writeFirstAgeMark } from './age-floor.ts';
import { insist } from './insist.ts';

/** What the streams are made like. Streams that exist already stay as they are. */
export interface TopologySpec {
  /** Fixed when the streams are made; later runs read it from there. */
  readonly shards: number;
  readonly replicas: number;
  /** Events kept for each user. */
  readonly eventsPerUser: number;
  readonly retentionMs: number;
  /** For how long a repeated publish of the same event is recognised (G5). */
  readonly duplicateWindowMs: number;
}

/** The largest event, in bytes of its JSON text. */
export const EVENT_BYTES_MAX = 256 * 1024;

const MAKE_WITHIN_MS = 5_000;
const HEADER_BYTES_MAX = 8 * 1024;
const DEAD_COMMANDS_AGE_MS = 30 * 24 * 3_600_000;
const SHARDS_KEY = 'longspan.shards';
const STREAM_NOT_FOUND = 10059;
const NAME_IN_USE = 10058;

/**
 * Makes the streams that do not exist yet and returns the number of shards. Safe to run again and from several
 * processes at once. Rejects with `misconfigured` if a stream of our name is not ours, with `timeout` if the cluster
 * does not answer.
 */
export async function ensureTopology(nc: NatsConnection, spec: TopologySpec): Promise<number> {
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  const js = jetstream(nc);
  const first = await ensureStream(jsm, shardConfig(0 as ShardId, spec.shards, spec));
  await writeFirstAgeMark(js, 0 as ShardId, first);
  const shards = shardCountOf(first);
  for (let shard = 1; shard < shards; shard++) {
    const info = await ensureStream(jsm, shardConfig(shard as ShardId, shards, spec));
    await writeFirstAgeMark(js, shard as ShardId, info);
  }
  await ensureStream(jsm, commandsConfig(spec));
  await ensureStream(jsm, deadCommandsConfig(spec));
  return shards;
}

/** The number of shards that the existing streams were made with; rejects with `misconfigured` if there are none. */
export async function readShardCount(nc: NatsConnection): Promise<number> {
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  const info = await findStream(jsm, shardStream(0 as ShardId));
  if (info === undefined) throw new BrokerError('misconfigured', 'the event streams do not exist yet');
  return shardCountOf(info);
}

function shardConfig(
  shard: ShardId,
  shards: number,
  spec: TopologySpec,
): Partial<StreamConfig> & NamedStream {
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
    metadata: { [SHARDS_KEY]: String(shards) },
  };
}

function commandsConfig(spec: TopologySpec): Partial<StreamConfig> & NamedStream {
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

function deadCommandsConfig(spec: TopologySpec): Partial<StreamConfig> & NamedStream {
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

type NamedStream = Pick<StreamConfig, 'name'>;

async function ensureStream(
  jsm: JetStreamManager,
  config: Partial<StreamConfig> & NamedStream,
): Promise<StreamInfo> {
  const found = await findStream(jsm, config.name);
  if (found !== undefined) return found;
  try {
    // Servers that have just found each other say for a moment that there are too few of them.
    return await insist(MAKE_WITHIN_MS, () => addStream(jsm, config));
  } catch (error) {
    throw topologyError(`could not make the stream ${config.name}`, error);
  }
}

async function addStream(
  jsm: JetStreamManager,
  config: Partial<StreamConfig> & NamedStream,
): Promise<StreamInfo> {
  try {
    return await jsm.streams.add(config);
  } catch (error) {
    // Another process was faster.
    if (error instanceof JetStreamApiError && error.code === NAME_IN_USE)
      return jsm.streams.info(config.name);
    throw error;
  }
}

async function findStream(jsm: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await jsm.streams.info(name);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return undefined;
    throw topologyError(`could not look at the stream ${name}`, error);
  }
}

function shardCountOf(info: StreamInfo): number {
  const shards = Number(info.config.metadata?.[SHARDS_KEY]);
  if (Number.isInteger(shards) && shards >= 1) return shards;
  throw new BrokerError('misconfigured', `the stream ${info.config.name} was not made by Longspan`);
}

function topologyError(what: string, cause: unknown): BrokerError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof JetStreamApiError && cause.code < 10_000 ? 'refused' : 'timeout';
  return new BrokerError(code, `${what}: ${reason}`, { cause });
}
