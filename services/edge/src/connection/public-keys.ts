import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';

/** While the keys cannot be fetched anew, those that are known count for so long. */
const KEPT_MS = 24 * 3_600_000;
/** After a fetch that failed, the next one waits for so long. */
const RETRY_MS = 30_000;

export interface PublicKeysOptions {
  readonly url: URL;
  /** Keys that are older than this are fetched anew before they are used, in milliseconds. */
  readonly refreshMs: number;
  /** Told why keys that are in use could not be fetched anew. */
  readonly onStale: (error: unknown) => void;
}

/**
 * The public keys of an identity provider, fetched with the first token. A provider that is gone turns nobody away whose
 * key is known: jose's own cache forgets all keys when it cannot fetch them anew after ten minutes.
 */
export function publicKeys({ url, refreshMs, onStale }: PublicKeysOptions): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(url, { cacheMaxAge: KEPT_MS });
  let refreshAtMs = Number.POSITIVE_INFINITY;
  const refresh = async (): Promise<void> => {
    // Who comes meanwhile is checked with the keys of before.
    refreshAtMs = performance.now() + Math.min(refreshMs, RETRY_MS);
    try {
      await keys.reload();
      refreshAtMs = performance.now() + refreshMs;
    } catch (error) {
      onStale(error);
    }
  };
  return async (header, token) => {
    if (performance.now() >= refreshAtMs) await refresh();
    const key = await keys(header, token);
    if (refreshAtMs === Number.POSITIVE_INFINITY) refreshAtMs = performance.now() + refreshMs;
    return key;
  };
}
