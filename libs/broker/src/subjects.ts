import type { UserId } from '@longspan/protocol';
import type { ShardId } from './shard.ts';
import { userToken } from './user-token.ts';

/** Every NATS subject and stream name of Longspan, in one place (PROTOCOL.md, Subjects). */
export const LIVE_PREFIX = 'live.';
export const COMMANDS_STREAM = 'LONGSPAN_COMMANDS';
export const DEAD_COMMANDS_STREAM = 'LONGSPAN_DEAD_COMMANDS';
export const COMMANDS_FILTER = 'cmd.>';
export const DEAD_COMMANDS_FILTER = 'dead.cmd.>';
export const END_SESSIONS_FILTER = 'ctl.end.*';
export const STATUS_FILTER = 'status.*.*';

export function shardStream(shard: ShardId): string {
  return `LONGSPAN_EVENTS_${shard}`;
}

/** The exact subject of one user's events; the chain of previous sequences is per exact subject. */
export function eventSubject(shard: ShardId, user: UserId): string {
  return `ev.${shard}.${userToken(user)}`;
}

export function eventFilter(shard: ShardId): string {
  return `ev.${shard}.>`;
}

export function syncFilter(shard: ShardId): string {
  return `sync.${shard}.>`;
}

/** One edge's barrier in a shard; `edge` is a token without dots. */
export function barrierSubject(shard: ShardId, edge: string): string {
  return `sync.${shard}.barrier.${edge}`;
}

/** Marks that tell how far age has eaten into a shard (`nats/age-floor.ts`). */
export function ageMarkSubject(shard: ShardId): string {
  return `sync.${shard}.age`;
}

/** Where the server republishes what it stored under `subject`. */
export function liveSubject(subject: string): string {
  return `${LIVE_PREFIX}${subject}`;
}

export function commandSubject(user: UserId): string {
  return `cmd.${userToken(user)}`;
}

/** Where a command goes that is given up. */
export function deadSubject(commandSubject: string): string {
  return `dead.${commandSubject}`;
}

export function endSessionsSubject(user: UserId): string {
  return `ctl.end.${userToken(user)}`;
}

/** Where a service tells how it is; both are tokens without dots. */
export function statusSubject(service: string, name: string): string {
  return `status.${service}.${name}`;
}
