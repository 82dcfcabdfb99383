import {
  JetStreamApiError,
  jetstream,
  jetstreamManager,
  type JetStreamManager,
  type StreamInfo,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { BrokerError } from '../errors.ts';
import type { ShardId } from '../shard.ts';
import { COMMANDS_STREAM, DEAD_COMMANDS_STREAM, shardStream } from '../subjects.ts';
import { writeFirstAgeMark } from './age-floor.ts';
import { insist } from './insist.ts';
import {
  commandsStreamWish,
  deadCommandsStreamWish,
  SHARDS_KEY,
  shardStreamWish,
  type StreamWish,
  type TopologySpec,
} from './stream-wish.ts';

const MAKE_WITHIN_MS = 5_000;
const STREAM_NOT_FOUND = 10059;
const NAME_IN_USE = 10058;

/**
 * Makes the streams that do not exist yet, leaves the others as they are, and returns the number of shards. Safe to run
 * again and from several processes at once. Rejects with `misconfigured` if a stream of our name is not ours, with
 * `timeout` if the cluster does not answer.
 */
export async function ensureTopology(nc: NatsConnection, spec: TopologySpec): Promise<number> {
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  const first = await ensureStream(jsm, shardStreamWish(0 as ShardId, spec));
  const shards = shardCountOf(first);
  await writeFirstAgeMark(jetstream(nc), 0 as ShardId, first);
  for (let shard = 1; shard < shards; shard++) {
    await makeShard(nc, shard as ShardId, { ...spec, shards });
  }
  await ensureStream(jsm, commandsStreamWish(spec));
  await ensureStream(jsm, deadCommandsStreamWish(spec));
  return shards;
}

/**
 * The number of shards that the streams were made with. Rejects with `no_streams` while one of them does not exist, with
 * `misconfigured` if they are not ours.
 */
export async function readTopology(nc: NatsConnection): Promise<number> {
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  const shards = shardCountOf(await requireStream(jsm, shardStream(0 as ShardId)));
  const others = Array.from({ length: shards - 1 }, (_, i) => shardStream((i + 1) as ShardId));
  for (const name of [...others, COMMANDS_STREAM, DEAD_COMMANDS_STREAM]) await requireStream(jsm, name);
  return shards;
}

/** Makes a shard's stream, where it does not exist yet, with its first mark of age. */
export async function makeShard(nc: NatsConnection, shard: ShardId, spec: TopologySpec): Promise<void> {
  const jsm = await jetstreamManager(nc, { checkAPI: false });
  const info = await ensureStream(jsm, shardStreamWish(shard, spec));
  await writeFirstAgeMark(jetstream(nc), shard, info);
}

/** Makes a stream unless it exists. */
export async function ensureStream(jsm: JetStreamManager, wish: StreamWish): Promise<StreamInfo> {
  const found = await findStream(jsm, wish.name);
  if (found !== undefined) return found;
  try {
    // Servers that have just found each other say for a moment that there are too few of them.
    return await insist(MAKE_WITHIN_MS, () => addStream(jsm, wish));
  } catch (error) {
    throw topologyError(`could not make the stream ${wish.name}`, error);
  }
}

/** Undefined if there is no such stream. */
export async function findStream(jsm: JetStreamManager, name: string): Promise<StreamInfo | undefined> {
  try {
    return await jsm.streams.info(name);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return undefined;
    throw topologyError(`could not look at the stream ${name}`, error);
  }
}

/** What went wrong with a stream, as a `BrokerError`: `refused` if the server said no, else `timeout`. */
export function topologyError(what: string, cause: unknown): BrokerError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const code = cause instanceof JetStreamApiError && cause.code < 10_000 ? 'refused' : 'timeout';
  return new BrokerError(code, `${what}: ${reason}`, { cause });
}

async function addStream(jsm: JetStreamManager, wish: StreamWish): Promise<StreamInfo> {
  try {
    return await jsm.streams.add(wish);
  } catch (error) {
    // Another process was faster.
    if (error instanceof JetStreamApiError && error.code === NAME_IN_USE) return jsm.streams.info(wish.name);
    throw error;
  }
}

async function requireStream(jsm: JetStreamManager, name: string): Promise<StreamInfo> {
  const info = await findStream(jsm, name);
  if (info !== undefined) return info;
  throw new BrokerError('no_streams', `the stream ${name} does not exist yet: run services/topology`);
}

function shardCountOf(info: StreamInfo): number {
  const shards = Number(info.config.metadata?.[SHARDS_KEY]);
  if (Number.isInteger(shards) && shards >= 1) return shards;
  throw new BrokerError('misconfigured', `the stream ${info.config.name} was not made by Longspan`);
}
