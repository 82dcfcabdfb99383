import { expect, test } from 'vitest';
import { deliveryFacts } from './command-delivery.ts';

test('both forms of a consumer’s reply subject tell the attempt and the sequence', () => {
  // Goal: attempts are counted right on every server version.
  // Method: the old form, the form with domain and account, and what is neither.
  const facts = { attempt: 3, seq: 41 };
  expect(deliveryFacts('$JS.ACK.S.C.3.41.7.1700000000000000000.0')).toEqual(facts);
  expect(deliveryFacts('$JS.ACK._.ACCHASH.S.C.3.41.7.1700000000000000000.0')).toEqual(facts);
  expect(deliveryFacts('$JS.ACK.hub.ACCHASH.S.C.3.41.7.1700000000000000000.0.random')).toEqual(facts);
  for (const reply of [
    undefined,
    '',
    '_INBOX.x',
    '$JS.ACK.S.C.3',
    '$JS.ACK.S.C.x.41.7.1.0',
    '$JS.FC.S.C.3.41.7.1.0',
  ]) {
    expect(deliveryFacts(reply)).toBeUndefined();
  }
});
