import type { Seq } from '@longspan/protocol';
import { expect, test } from 'vitest';
import { view } from '../test/session-words.ts';
import { keptHeadOf } from './feed-view.ts';

const confirmed = (barrier: number, head: number) => ({ barrier: barrier as Seq, head: head as Seq });

test('pings tell the last event that is known, also one that came after the last round', () => {
  expect(keptHeadOf(view(12, { confirmed: confirmed(20, 12) }))).toBe(12);
  expect(keptHeadOf(view(25, { confirmed: confirmed(20, 12) }))).toBe(25);
});

test('pings do not tell of events that are all gone', () => {
  // Goal: a client that began when nothing was kept any more must not believe that it has lost something.
  expect(keptHeadOf(view(12, { confirmed: confirmed(20, 0) }))).toBe(0);
});
