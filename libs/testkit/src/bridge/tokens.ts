import { SignJWT } from 'jose';

/** What the services of a test check tokens with. */
export const JWT_SECRET = 'a secret of the test kit, used nowhere else';
/** Whom tokens are for and by, for bridges that are told to check that (`LONGSPAN_JWT_AUDIENCE`, `LONGSPAN_JWT_ISSUER`). */
export const JWT_AUDIENCE = 'longspan';
export const JWT_ISSUER = 'testkit';
/** Longer than any run. */
const TOKEN_LIFETIME = '7d';

/** A user's token, as a back end would issue it. */
export function signToken(user: string, expires: string | Date = TOKEN_LIFETIME): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setAudience(JWT_AUDIENCE)
    .setIssuer(JWT_ISSUER)
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(JWT_SECRET));
}
