import { JWT_AUDIENCE, JWT_ISSUER, JWT_SECRET } from '@longspan/testkit';
import { base64url, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';

const encoder = new TextEncoder();
/** An edge's clock may differ from the issuer's by a few seconds. */
const WELL_PAST_S = 60;
const HOUR_S = 3_600;

/** What a token says, when a good one is asked for. */
function claims(user: string, more: JWTPayload = {}): JWTPayload {
  const nowS = Math.floor(Date.now() / 1_000);
  return { sub: user, aud: JWT_AUDIENCE, iss: JWT_ISSUER, iat: nowS, exp: nowS + HOUR_S, ...more };
}

function sign(payload: JWTPayload, secret = JWT_SECRET, header: object = {}): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: 'HS256', ...header }).sign(encoder.encode(secret));
}

function parts(token: string): readonly [header: string, payload: string, signature: string] {
  const [header = '', payload = '', signature = ''] = token.split('.');
  return [header, payload, signature];
}

/** A JSON object as a part of a token. */
function part(value: object): string {
  return base64url.encode(JSON.stringify(value));
}

/** A token that is signed well and says what no token may. */
async function withClaims(payload: object): Promise<string> {
  return sign(payload as JWTPayload);
}

async function swapped(victim: string, attacker: string): Promise<string> {
  const [header, payload] = parts(await sign(claims(victim)));
  const [, , signature] = parts(await sign(claims(attacker)));
  return `${header}.${payload}.${signature}`;
}

async function renamed(victim: string, attacker: string): Promise<string> {
  const [header, , signature] = parts(await sign(claims(attacker)));
  return `${header}.${part(claims(victim))}.${signature}`;
}

async function cutShort(victim: string): Promise<string> {
  return (await sign(claims(victim))).slice(0, -4);
}

const GUESSES = ['secret', 'changeme', 'password', 'longspan', JWT_SECRET.toUpperCase(), `${JWT_SECRET} `];

type Forge = (victim: string, attacker: string) => string | Promise<string>;

/**
 * Every way to come by a token for `victim` without the issuer's help; `attacker` has good ones of its own. All are
 * to be refused.
 */
export const BAD_TOKENS: Readonly<Record<string, Forge>> = {
  'swapped: the signature of a token for somebody else': swapped,
  'swapped: another subject in a token of one’s own': renamed,
  ...Object.fromEntries(
    GUESSES.map((secret, i) => [
      `guessed: signed with a guessed secret (${i + 1})`,
      (victim: string) => sign(claims(victim), secret.padEnd(32, '!')),
    ]),
  ),
  'guessed: a signature of zeros': async (victim) => {
    const [header, payload] = parts(await sign(claims(victim)));
    return `${header}.${payload}.${base64url.encode(new Uint8Array(32))}`;
  },
  'guessed: a part of the signature': cutShort,
  'guessed: no token at all': () => '',
  'guessed: the user’s id as a token': (victim) => victim,
  'expired: a minute ago': (victim) =>
    sign(claims(victim, { exp: Math.floor(Date.now() / 1_000) - WELL_PAST_S })),
  'expired: in 1970': (victim) => sign(claims(victim, { exp: 0 })),
  'expired: it does not say when': (victim) => {
    const { exp: _, ...rest } = claims(victim);
    return withClaims(rest);
  },
  'expired: when is no number': (victim) => withClaims({ ...claims(victim), exp: 'never' }),
  'not valid yet': (victim) => sign(claims(victim, { nbf: Math.floor(Date.now() / 1_000) + HOUR_S })),
  'algorithm none': (victim) => new UnsecuredJWT(claims(victim)).encode(),
  'algorithm none, with a signature': async (victim) => {
    const [, payload, signature] = parts(await sign(claims(victim)));
    return `${part({ alg: 'none' })}.${payload}.${signature}`;
  },
  'algorithm None': async (victim) => `${part({ alg: 'None' })}.${part(claims(victim))}.`,
  'algorithm HS512': (victim) =>
    new SignJWT(claims(victim)).setProtectedHeader({ alg: 'HS512' }).sign(encoder.encode(JWT_SECRET)),
  'algorithm RS256 over a shared secret': async (victim) => {
    const [, payload, signature] = parts(await sign(claims(victim)));
    return `${part({ alg: 'RS256' })}.${payload}.${signature}`;
  },
  'a key of its own in the header': (victim) =>
    sign(claims(victim), 'k'.repeat(32), { jwk: { kty: 'oct', k: base64url.encode('k'.repeat(32)) } }),
  'a key file of its own in the header': (victim) =>
    sign(claims(victim), 'k'.repeat(32), { kid: '../../../dev/null', jku: 'http://127.0.0.1:1/keys' }),
  'another audience': (victim) => sign(claims(victim, { aud: 'another service' })),
  'no audience': (victim) => {
    const { aud: _, ...rest } = claims(victim);
    return withClaims(rest);
  },
  'another issuer': (victim) => sign(claims(victim, { iss: 'somebody else' })),
  'no subject': (victim) => {
    const { sub: _, ...rest } = claims(victim);
    return withClaims(rest);
  },
  'an empty subject': () => sign(claims('')),
  'a list of subjects': (victim, attacker) => withClaims({ ...claims(victim), sub: [attacker, victim] }),
  'a subject with a control character': (victim) => sign(claims(`${victim}\u0000`)),
  'a subject that is too long': () => sign(claims('x'.repeat(129))),
};
