import { expect, test } from 'vitest';
import { isSampled, isTraceparent } from './traceparent.ts';

const IDS = '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7';

test.each([
  [`00-${IDS}-01`, true, true],
  [`00-${IDS}-00`, true, false],
  [`00-${IDS}-03`, true, true],
  [`00-${IDS}-02`, true, false],
  [`cc-${IDS}-01`, true, true],
  [`ff-${IDS}-01`, false, false],
  [`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, false, false],
  [`00-4bf92f3577b34da6a3ce929d0e0e4736-${'0'.repeat(16)}-01`, false, false],
  [`00-${IDS}-01-x`, false, false],
  [`00-${IDS.toUpperCase()}-01`, false, false],
  ['', false, false],
])('%j is a traceparent: %s, sampled: %s', (text, valid, sampled) => {
  // Goal: nothing but what W3C allows becomes a trace. Method: a table of what it allows and what not.
  expect({ valid: isTraceparent(text), sampled: isSampled(text) }).toEqual({ valid, sampled });
});
