import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Delivery } from './delivery.ts';
import { delivery, runEvent } from './test-events.ts';
import {
  EMPTY_TIMELINE,
  extendTimeline,
  medianLatencyMs,
  ROWS_MAX,
  type Timeline,
  type TimelineInput,
} from './timeline.ts';

// Goal: the page's own check finds every fault and no other. Method: deliveries, some of them wrong, go in.

function timelineOf(deliveries: readonly Delivery[], from: Timeline = EMPTY_TIMELINE): Timeline {
  return extendTimeline(
    from,
    deliveries.map((each): TimelineInput => ({ kind: 'event', delivery: each })),
  );
}

function faults({ counts }: Timeline) {
  return { duplicates: counts.duplicates, outOfOrder: counts.outOfOrder, broken: counts.broken };
}

function linksOf(timeline: Timeline): readonly string[] {
  return timeline.rows.map((row) => (row.kind === 'event' ? row.link : row.kind));
}

const NONE = { duplicates: 0, outOfOrder: 0, broken: 0 };

test('a chain in order has a tick in every row', () => {
  const timeline = timelineOf([delivery(3, 1), delivery(7, 3), delivery(8, 7)]);
  expect(linksOf(timeline)).toEqual(['first', 'linked', 'linked']);
  expect(faults(timeline)).toEqual(NONE);
});

test('a missing event is seen at the next one', () => {
  const timeline = timelineOf([delivery(3, 1), delivery(8, 7), delivery(9, 8)]);
  expect(linksOf(timeline)).toEqual(['first', 'broken', 'linked']);
  expect(faults(timeline)).toEqual({ ...NONE, broken: 1 });
});

test('a repeated event is seen, the latest one or any before', () => {
  const timeline = timelineOf([
    delivery(3, 1),
    delivery(4, 3),
    delivery(4, 3),
    delivery(3, 1),
    delivery(5, 4),
  ]);
  expect(linksOf(timeline)).toEqual(['first', 'linked', 'duplicate', 'duplicate', 'linked']);
  expect(faults(timeline)).toEqual({ ...NONE, duplicates: 2 });
});

test('swapped events are seen', () => {
  const timeline = timelineOf([delivery(1, 0), delivery(3, 2), delivery(2, 1)]);
  expect(faults(timeline)).toEqual({ ...NONE, broken: 1, outOfOrder: 1 });
});

test('any single fault in a long chain is counted, whatever the batches', () => {
  const length = 30;
  const chain = Array.from({ length }, (_, n) => delivery(n + 1, n));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: length - 3 }),
      fc.constantFrom('drop', 'repeat', 'swap'),
      fc.integer({ min: 0, max: length }),
      (at, fault, cut) => {
        const faulty = chain.flatMap((each, index) => {
          if (fault === 'repeat') return index === at ? [each, each] : [each];
          if (fault === 'drop') return index === at ? [] : [each];
          const swapped = index === at ? chain[at + 1] : index === at + 1 ? chain[at] : each;
          return swapped ? [swapped] : [];
        });
        const timeline = timelineOf(faulty.slice(cut), timelineOf(faulty.slice(0, cut)));
        expect(faults(timeline)).not.toEqual(NONE);
      },
    ),
  );
});

test('a gap is a row of its own, and the chain goes on from its end', () => {
  const gap: TimelineInput = {
    kind: 'gap',
    from: 'e1-3',
    to: 'e2-20',
    toPlace: { epoch: 'e2', seq: 20 },
    reason: 'reset',
  };
  const before = timelineOf([delivery(3, 1)]);
  const timeline = timelineOf([delivery(21, 20, { epoch: 'e2' })], extendTimeline(before, [gap]));
  expect(linksOf(timeline)).toEqual(['first', 'gap', 'linked']);
  expect(timeline.counts).toMatchObject({ ...NONE, gaps: 1 });
  expect(faults(timelineOf([delivery(21, 20, { epoch: 'e2' })], before))).toEqual({ ...NONE, broken: 1 });
});

test('only events delivered as they happened have a latency', () => {
  const event = runEvent('note', {});
  const timeline = timelineOf([
    delivery(1, 0, { replayed: true }),
    delivery(2, 1),
    delivery(3, 2, { event: { ...event, time: 'soon' } }),
  ]);
  expect(timeline.rows.map((row) => (row.kind === 'event' ? row.latencyMs : row.kind))).toEqual([
    undefined,
    12,
    undefined,
  ]);
  expect(medianLatencyMs(timeline)).toBe(12);
  expect(timeline.counts.replayed).toBe(1);
});

test('a new connection leaves marks, with how much it replayed', () => {
  const timeline = extendTimeline(timelineOf([delivery(1, 0)]), [
    { kind: 'lost', edge: 'edge-1', reason: 'dropped', atMs: 1_000 },
    { kind: 'connected', edge: 'edge-2', afterMs: 80, atMs: 1_080 },
    { kind: 'event', delivery: delivery(2, 1, { replayed: true, edge: 'edge-2' }) },
    { kind: 'event', delivery: delivery(3, 2, { replayed: true, edge: 'edge-2' }) },
    { kind: 'caught_up', atMs: 1_100 },
  ]);
  expect(timeline.rows.flatMap((row) => (row.kind === 'mark' ? [row.mark] : []))).toEqual([
    { kind: 'lost', edge: 'edge-1', reason: 'dropped' },
    { kind: 'connected', edge: 'edge-2', afterMs: 80 },
    { kind: 'caught_up', replayed: 2 },
  ]);
  expect(faults(timeline)).toEqual(NONE);
});

test('the list is bounded, and its keys tell places', () => {
  const many = Array.from({ length: ROWS_MAX + 10 }, (_, n) => delivery(n + 1, n));
  const timeline = timelineOf(many);
  expect(timeline.rows).toHaveLength(ROWS_MAX);
  expect(timeline.trimmed).toBe(10);
  expect(timeline.rows.map((row) => row.key)).toEqual(Array.from({ length: ROWS_MAX }, (_, n) => n + 10));
  expect(timeline.counts).toMatchObject({ ...NONE, events: ROWS_MAX + 10 });
});
