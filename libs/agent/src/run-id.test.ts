import { parseUserId, type UserId } from '@longspan/protocol';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRunId, runIdOf } from './run-id.ts';

function user(text: string): UserId {
  const id = parseUserId(text);
  if (id === undefined) throw new Error('not a user id');
  return id;
}

test('a run id is the same for the same command and another for any other', () => {
  // Goal: stable across redeliveries, and not shared between users or commands.
  // Method: property; the separator keeps ("a", "bc") and ("ab", "c") apart.
  const word = fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') });
  fc.assert(
    fc.property(word, word, word, word, (u, c, v, d) => {
      const [first, second] = [runIdOf(user(u), c), runIdOf(user(v), d)];
      expect(first === second).toBe(u === v && c === d);
      expect(isRunId(first)).toBe(true);
    }),
  );
});

test('what could be a subject’s wildcard, or anything but a run id, is none', () => {
  // Goal: a client's text does not become a NATS subject unseen.
  // Method: examples.
  const valid = runIdOf(user('ada'), 'c1');
  for (const bad of ['*', '>', `${valid}.x`, valid.slice(1), `${valid}x`, 7, null, undefined]) {
    expect(isRunId(bad)).toBe(false);
  }
});
