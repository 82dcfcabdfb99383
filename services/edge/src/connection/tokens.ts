import { parseUserId, type UserId } from '@longspan/protocol';
import type { Logger } from '@longspan/telemetry';
import { errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import type { TokenConfig } from '../config.ts';
import { publicKeys } from './public-keys.ts';

/** Who a token speaks for, and until when. */
export interface Identity {
  readonly user: UserId;
  readonly expiresAtMs: number;
}

/** `unavailable`: the keys could not be fetched, which says nothing about the token. */
export type TokenVerdict =
  | { readonly ok: true; readonly identity: Identity }
  | { readonly ok: false; readonly reason: 'unauthorized' | 'unavailable'; readonly detail: string };

const PUBLIC_KEY_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];
const CLOCK_TOLERANCE_S = 5;

/** Checks JSON Web Tokens: `sub` is the user, `exp` is required, `aud` and `iss` where configured (RFC 7519). */
export class TokenVerifier {
  readonly #verify: (token: string) => Promise<JWTPayload>;

  constructor(config: TokenConfig, logger: Pick<Logger, 'warn'>) {
    const { secret, jwksUrl, jwksRefreshMs, audience, issuer } = config;
    const options: JWTVerifyOptions = {
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCK_TOLERANCE_S,
      ...(audience === undefined ? {} : { audience }),
      ...(issuer === undefined ? {} : { issuer }),
    };
    if (jwksUrl !== undefined) {
      const keys = publicKeys({
        url: new URL(jwksUrl),
        refreshMs: jwksRefreshMs,
        onStale: (error) => logger.warn({ err: error }, 'edge.keys.stale'),
      });
      const withKeys = { ...options, algorithms: PUBLIC_KEY_ALGORITHMS };
      this.#verify = async (token) => (await jwtVerify(token, keys, withKeys)).payload;
    } else {
      const key = new TextEncoder().encode(secret ?? '');
      const withSecret = { ...options, algorithms: ['HS256'] };
      this.#verify = async (token) => (await jwtVerify(token, key, withSecret)).payload;
    }
  }

  async verify(token: string): Promise<TokenVerdict> {
    try {
      const { sub, exp } = await this.#verify(token);
      const user = parseUserId(sub);
      if (user === undefined || exp === undefined) {
        return { ok: false, reason: 'unauthorized', detail: 'sub is not a user id' };
      }
      return { ok: true, identity: { user, expiresAtMs: exp * 1000 } };
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      const known = error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout);
      return { ok: false, reason: known && !isFetchFailure(error) ? 'unauthorized' : 'unavailable', detail };
    }
  }
}

/** jose reports an answer other than 200 from the key server by a plain JOSEError. */
function isFetchFailure(error: errors.JOSEError): boolean {
  return error.code === 'ERR_JOSE_GENERIC';
}
