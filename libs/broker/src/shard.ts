import type { Brand, UserId } from '@longspan/protocol';

/** One JetStream stream out of the N that together hold all users, numbered from 0. */
export type ShardId = Brand<number, 'ShardId'>;

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const encoder = new TextEncoder();

/**
 * The shard of a user: FNV-1a (32 bits) over the UTF-8 bytes of the user id, modulo the number of shards. It is part
 * of the storage format: every publisher and edge must agree (PROTOCOL.md, Shards).
 */
export function shardOf(user: UserId, shards: number): ShardId {
  let hash = FNV_OFFSET;
  for (const byte of encoder.encode(user)) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return ((hash >>> 0) % shards) as ShardId;
}
