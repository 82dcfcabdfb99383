import { hash } from 'node:crypto';

/** 22 characters of base64url are 132 bits: enough that two ids never meet by chance. */
const MESSAGE_ID_CHARS = 22;

/**
 * The `Nats-Msg-Id` of something published: 22 base64url characters of the SHA-256 of its parts, NUL-separated.
 * It is part of the storage format: a repeat is recognised only if every publisher writes the same id for it. The
 * user is one of the parts because JetStream remembers ids per stream, not per subject (G4).
 */
export function messageId(...parts: readonly string[]): string {
  return hash('sha256', parts.join('\0'), 'base64url').slice(0, MESSAGE_ID_CHARS);
}
