/** What a client reads of its token. It checks nothing: that is the edge's task. */
export interface TokenClaims {
  readonly user: string | undefined;
  /** Seconds since the Unix epoch. */
  readonly issuedAtS: number | undefined;
  readonly expiresAtS: number | undefined;
}

const NOTHING: TokenClaims = { user: undefined, issuedAtS: undefined, expiresAtS: undefined };

/** Reads a JWT's claims without verifying it; a token that is no JWT has none. */
export function readClaims(token: string): TokenClaims {
  const payload = token.split('.')[1];
  if (payload === undefined) return NOTHING;
  try {
    const binary = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
    const text = new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
    const claims: unknown = JSON.parse(text);
    if (typeof claims !== 'object' || claims === null) return NOTHING;
    const { sub, iat, exp } = claims as Readonly<Record<string, unknown>>;
    return {
      user: typeof sub === 'string' ? sub : undefined,
      issuedAtS: typeof iat === 'number' ? iat : undefined,
      expiresAtS: typeof exp === 'number' ? exp : undefined,
    };
  } catch {
    return NOTHING;
  }
}

/** A token is renewed when this part of its life is left, but at most so many milliseconds early. */
const RENEW_LIFE_PART = 0.25;
const RENEW_EARLY_MS_MAX = 60_000;

/**
 * When to ask for the next token, in milliseconds since the Unix epoch; undefined if the token does not say.
 * A clock that makes a fresh token look expired is not believed: the token's own length of life counts then.
 */
export function renewAtMs(claims: TokenClaims, nowMs: number): number | undefined {
  if (claims.expiresAtS === undefined) return undefined;
  const byClock = claims.expiresAtS * 1000 - nowMs;
  const byLife =
    claims.issuedAtS === undefined ? undefined : Math.max(0, claims.expiresAtS - claims.issuedAtS) * 1000;
  const leftMs = byClock > 0 ? Math.min(byClock, byLife ?? byClock) : byLife;
  if (leftMs === undefined || leftMs === 0) return undefined;
  return nowMs + leftMs - Math.min(RENEW_EARLY_MS_MAX, leftMs * RENEW_LIFE_PART);
}
