import { jwtVerify, SignJWT } from 'jose';

/** What every server of the benchmark checks tokens with. */
export const TOKEN_SECRET = 'a secret of the benchmark, used nowhere else';

const KEY = new TextEncoder().encode(TOKEN_SECRET);
/** Longer than any run. */
const LIFETIME = '7d';

export function signToken(user: string): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setExpirationTime(LIFETIME)
    .sign(KEY);
}

/** The user whom a token is for; rejects if it is not valid. */
export async function userOfToken(token: string): Promise<string> {
  const { payload } = await jwtVerify(token, KEY, { algorithms: ['HS256'] });
  if (payload.sub === undefined) throw new Error('a token for nobody');
  return payload.sub;
}
