import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const leastCharacters = 32;

/** This machine's secret for users' tokens: made once and kept, so that a browser's token outlives a restart. */
export function developmentSecret(stateFolder: string): string {
  const file = join(stateFolder, 'jwt-secret');
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (kept.length >= leastCharacters) return kept;
  const secret = randomBytes(32).toString('base64url');
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  return secret;
}
