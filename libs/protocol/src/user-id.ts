import type { Brand } from './brand.ts';

/** Who a stream belongs to. Any text from 1 to 128 bytes of UTF-8 without control characters. */
export type UserId = Brand<string, 'UserId'>;

/** The longest user id, in bytes of UTF-8. */
export const USER_ID_BYTES_MAX = 128;

// eslint-disable-next-line no-control-regex -- control characters are what is refused
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;

/** Reads a user id; undefined if it is empty, too long, ill-formed Unicode or holds control characters. */
export function parseUserId(value: unknown): UserId | undefined {
  if (typeof value !== 'string' || value.length === 0 || value.length > USER_ID_BYTES_MAX) return undefined;
  if (CONTROL.test(value) || !value.isWellFormed()) return undefined;
  return new TextEncoder().encode(value).length <= USER_ID_BYTES_MAX ? (value as UserId) : undefined;
}
