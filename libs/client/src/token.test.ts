// Goal: the client knows whose token it holds and when to ask for the next, and trusts no clock blindly.
// Method: tokens made by the test, and instants around their life.
import { expect, test } from 'vitest';
import { testToken } from '../test/token.ts';
import { TokenSource } from './token-source.ts';
import { readClaims, renewAtMs } from './token.ts';

const NOW_S = 1_800_000_000;
const NOW = NOW_S * 1000;

test('a token tells its user and its life', () => {
  const claims = readClaims(testToken({ sub: 'ada løve', iat: 1, exp: 2 }));
  expect(claims).toEqual({ user: 'ada løve', issuedAtS: 1, expiresAtS: 2 });
});

test.each(['', 'opaque', 'a.b.c', 'a.e30.c', `a.${btoa('"text"')}.c`])(
  'the token %j tells nothing',
  (token) => {
    expect(readClaims(token)).toEqual({ user: undefined, issuedAtS: undefined, expiresAtS: undefined });
  },
);

test.each([
  ['a minute early when it lives long', { iat: NOW_S, exp: NOW_S + 3_600 }, NOW + 3_540_000],
  ['with a quarter of its life left when it lives shortly', { iat: NOW_S, exp: NOW_S + 40 }, NOW + 30_000],
  ['by the clock when it does not say when it was issued', { exp: NOW_S + 40 }, NOW + 30_000],
  ['by its length of life when the clock is ahead', { iat: NOW_S - 7_200, exp: NOW_S - 7_160 }, NOW + 30_000],
  [
    'by its length of life when the clock is behind',
    { iat: NOW_S + 7_200, exp: NOW_S + 7_240 },
    NOW + 30_000,
  ],
  ['never when it does not expire', {}, undefined],
  ['never when it looks expired and says nothing else', { exp: NOW_S - 1 }, undefined],
])('a token is renewed %s', (_, claims, expected) => {
  expect(renewAtMs(readClaims(testToken(claims)), NOW)).toBe(expected);
});

test('the callback is asked once for a good token, and again when it is refused or old', async () => {
  let count = 0;
  const source = new TokenSource(() => testToken({ n: (count += 1), iat: NOW_S, exp: NOW_S + 40 }));
  const first = await source.get(false, NOW);
  expect(await source.get(false, NOW + 29_999)).toBe(first);
  await source.get(true, NOW + 29_999);
  await source.get(false, NOW + 60_000);
  expect(count).toBe(3);
});

test('a callback that gives no token fails', async () => {
  await expect(new TokenSource(() => '').get(false, NOW)).rejects.toThrow('no token');
});
