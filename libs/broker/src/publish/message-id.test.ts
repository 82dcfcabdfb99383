import { expect, test } from 'vitest';
import { messageId } from './message-id.ts';

test('a message id depends on every part and on where the parts are cut', () => {
  // Goal: two different things never get one id: the second would be taken for a repeat and lost (G2, G4).
  // Method: the same letters cut elsewhere, and another user.
  const ids = [
    messageId('ada', 'source', 'id'),
    messageId('adas', 'ource', 'id'),
    messageId('ada', 'sourcei', 'd'),
    messageId('bob', 'source', 'id'),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});

test('the format of message ids does not change', () => {
  // Goal: publishers of different versions recognise each other's repeats.
  // Method: one id, written down.
  expect(messageId('ada', 'urn:x', '1')).toBe('jNBnTAUptoIRw3NtVaCvAB');
});
