import { expect, test } from 'vitest';
import { BearerAuth } from './bearer-auth.ts';
import { isOriginAllowed } from './origins.ts';

const auth = new BearerAuth(['first-token', 'second-token'], 'a publisher');

test.each(['Bearer first-token', 'bearer second-token', 'Bearer  first-token'])(
  '“%s” is let in',
  (authorization) => {
    // Goal: every configured token works. Method: check each.
    expect(() => auth.check({ authorization })).not.toThrow();
  },
);

test.each([
  undefined,
  '',
  'first-token',
  'Basic first-token',
  'Bearer ',
  'Bearer first-toke',
  'Bearer first-token2',
  'Bearer first-token, second-token',
])('“%s” is refused', (authorization) => {
  // Goal: nothing else works. Method: check what comes close.
  expect(() => auth.check(authorization === undefined ? {} : { authorization })).toThrow(
    expect.objectContaining({ code: 'unauthorized' }) as Error,
  );
});

test.each([
  ['http://localhost:5173', undefined, true],
  ['http://127.0.0.1:8080', undefined, true],
  ['http://localhost.evil.example', undefined, false],
  ['https://a.example', undefined, false],
  ['https://a.example', ['https://a.example'], true],
  ['https://a.example:444', ['https://a.example'], false],
  ['https://a.example', ['*'], true],
  ['http://localhost:5173', [], false],
] satisfies [string, string[] | undefined, boolean][])(
  'origin %s with the list %j: %s',
  (origin, list, allowed) => {
    // Goal: the list is exact, and without one only this machine's pages may call. Method: one check each.
    expect(isOriginAllowed(origin, list)).toBe(allowed);
  },
);
