import { expect, test } from 'vitest';
import { parseUserId, USER_ID_BYTES_MAX } from './user-id.ts';

test.each([
  'a',
  'ada',
  'ada@example.com',
  'a.b',
  '*',
  '>',
  'ä',
  '日本',
  'a b',
  'x'.repeat(USER_ID_BYTES_MAX),
])('%j is a user id', (text) => {
  // Goal: what back ends call their users is taken as it is. Method: usual and unusual ids.
  expect(parseUserId(text)).toBe(text);
});

test.each([
  ['', 'empty'],
  ['x'.repeat(USER_ID_BYTES_MAX + 1), 'too long'],
  ['ä'.repeat(USER_ID_BYTES_MAX / 2 + 1), 'too long in bytes'],
  ['a\nb', 'a control character'],
  ['a\u0000', 'a control character'],
  ['\ud800', 'half a character'],
  [7, 'no text'],
  [undefined, 'nothing'],
] as const)('%j is none: %s', (value, _why) => {
  // Goal: what could not be a subject, or not be shown, is refused. Method: one of each kind.
  expect(parseUserId(value)).toBeUndefined();
});
