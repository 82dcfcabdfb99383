import { parseUserId } from '@longspan/protocol';
import { assert, pre, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { shardOf } from './shard.ts';
import { userOfToken, userToken } from './user-token.ts';

const users = string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map(parseUserId);

test('G4: every user id has a token of its own that is one plain token of a subject', () => {
  // Goal: no id spells a wildcard, a separator or another id. Method: random ids, there and back.
  assert(
    property(users, (user) => {
      pre(user !== undefined);
      const token = userToken(user);
      expect(token).toMatch(/^[A-Za-z0-9_=-]+$/);
      expect(userOfToken(token)).toBe(user);
    }),
  );
});

test.each(['', '=', '=2', '=2a', '=41', 'a.b', '*', 'ä', '=C3'])('%j is no token of ours', (token) => {
  // Goal: one id, one token: other spellings are not read. Method: needless, half and foreign escapes.
  expect(userOfToken(token)).toBeUndefined();
});

test.each([
  ['ada', 4, 3],
  ['bob', 4, 0],
  ['ada@example.com', 16, 2],
  ['日本', 8, 1],
])('the shard of %j among %i is the documented one', (name, shards, expected) => {
  // Goal: the storage format does not change by accident. Method: values computed once, and written down.
  const user = parseUserId(name);
  expect(user === undefined ? undefined : shardOf(user, shards)).toBe(expected);
});
