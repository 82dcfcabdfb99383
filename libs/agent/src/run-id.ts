import { createHash } from 'node:crypto';
import type { UserId } from '@longspan/protocol';

const RUN_ID = /^run-[A-Za-z0-9_-]{22}$/;

/**
 * The run that answers a command: the same whenever and by whomever the command is taken, also if a client sent it
 * again after the log had forgotten the first one. 132 bits of SHA-256 over the user and the client's id.
 */
export function runIdOf(user: UserId, commandId: string): string {
  const digest = createHash('sha256').update(user).update('\0').update(commandId).digest('base64url');
  return `run-${digest.slice(0, 22)}`;
}

export function isRunId(value: unknown): value is string {
  return typeof value === 'string' && RUN_ID.test(value);
}
