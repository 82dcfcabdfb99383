import { parseUserId, type UserId } from '@longspan/protocol';

const PLAIN = /^[A-Za-z0-9_-]+$/;

/**
 * Writes a user id as one token of a NATS subject, injectively: [A-Za-z0-9_-] stand for themselves, every other byte
 * of the UTF-8 form becomes `=` and two upper-case hexadecimal digits. No id can therefore spell a wildcard, a dot,
 * or another id's token (G4).
 */
export function userToken(user: UserId): string {
  if (PLAIN.test(user)) return user;
  let token = '';
  for (const byte of Buffer.from(user, 'utf8')) {
    const char = String.fromCharCode(byte);
    token += byte < 0x80 && PLAIN.test(char) ? char : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return token;
}

/** Reads a token back; undefined if no user id is written like this. */
export function userOfToken(token: string): UserId | undefined {
  if (!/^(?:[A-Za-z0-9_-]|=[0-9A-F]{2})+$/.test(token)) return undefined;
  const bytes = token.replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  const user = parseUserId(Buffer.from(bytes, 'latin1').toString('utf8'));
  return user !== undefined && userToken(user) === token ? user : undefined;
}
