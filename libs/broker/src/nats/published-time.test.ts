import { expect, test } from 'vitest';
import { publishedMsOf } from './published-time.ts';

const COMMITTED = '2026-01-02T03:04:05.678901234Z';
const COMMITTED_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

function published(told: string, committed = COMMITTED): number {
  const headers = new Map([
    ['Longspan-Time', told],
    ['Nats-Time-Stamp', committed],
  ]);
  const value = (name: string) => headers.get(name) ?? '';
  return publishedMsOf({ first: value, last: value });
}

test('an event was published when its publisher says', () => {
  expect(published('1790000000123')).toBe(1_790_000_000_123);
});

test('an event whose publisher says nothing, or nonsense, counts from its commit', () => {
  // Goal: latencies stay numbers, whatever is published past the library. Method: what a header may hold.
  for (const told of ['', 'yesterday', '-5', '0', '1e99', 'Infinity', '12.5']) {
    expect({ told, ms: published(told) }).toEqual({ told, ms: COMMITTED_MS });
  }
});

test('an event of which nothing is told was published now', () => {
  const before = Date.now();
  const ms = published('', '');
  expect(ms).toBeGreaterThanOrEqual(before);
  expect(ms).toBeLessThanOrEqual(Date.now());
});
