import { SignJWT } from 'jose';

/** What the services of a test check tokens with. */
export const JWT_SECRET = 'a secret of the test kit, used nowhere else';
const TOKEN_LIFETIME = '1h';

/** A user's token, as a back end would issue it. */
export function signToken(user: string, expires: string | Date = TOKEN_LIFETIME): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(JWT_SECRET));
}
