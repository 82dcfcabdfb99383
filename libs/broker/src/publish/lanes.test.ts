import * as fc from 'fast-check';
import type { Seq } from '@longspan/protocol';
import { expect, test } from 'vitest';
import { placesOf } from './group.ts';
import { LANE_BYTES_MAX, Lanes, QUEUE_BYTES_MAX, type Call, type Group } from './lanes.ts';

interface TestCall extends Call {
  readonly name: string;
}

function call(subject: string, name: string, messages = 1, bytes = 100): TestCall {
  return {
    name,
    messages: Array.from({ length: messages }, (_, i) => ({
      subject,
      msgId: `${subject} ${name} ${i}`,
      payload: new Uint8Array(),
      publishedMs: 0,
      traceparent: undefined,
    })),
    bytes,
    deadlineMs: 1_000,
    settled: false,
  };
}

function namesOf(groups: Iterable<Group<TestCall>>): string[][] {
  return [...groups].map((group) => group.calls.map(({ name }) => name));
}

function lanesWith(
  calls: readonly (readonly [subject: string, call: TestCall])[],
  batches = true,
): Lanes<TestCall> {
  const lanes = new Lanes<TestCall>(batches);
  for (const [subject, one] of calls) lanes.add('S', subject, one);
  return lanes;
}

test('a lone message goes at once by itself; what comes meanwhile waits and goes together', () => {
  // Goal: group commit: the lowest latency for one event, one commit for many.
  // Method: one call; forty more while it is under way.
  const lanes = lanesWith([['a', call('a', 'first')]]);
  const [group] = lanes.next(0);
  for (let i = 0; i < 40; i++) lanes.add('S', 'a', call('a', `${i}`));
  expect(namesOf(lanes.next(0))).toEqual([]);
  if (group !== undefined) lanes.end(group);
  expect(namesOf(lanes.next(0))).toEqual([Array.from({ length: 40 }, (_, i) => `${i}`)]);
});

test('where a batch is slower, a few waiting calls go one after the other', () => {
  // Goal: on one server a batch of two takes fifteen times as long as a single publish.
  // Method: teach the lanes these times; two calls wait.
  const lanes = lanesWith([]);
  for (let i = 0; i < 200; i++) {
    lanes.add('S', 'a', call('a', 'x', i % 2 === 0 ? 1 : 2));
    for (const group of lanes.next(0)) {
      lanes.measured(group, i % 2 === 0 ? 0.15 : 2.3);
      lanes.end(group);
    }
  }
  lanes.add('S', 'a', call('a', '1'));
  lanes.add('S', 'a', call('a', '2'));
  expect(namesOf(lanes.next(0))).toEqual([['1']]);
});

test('batches of several users go together, a user with one message goes by itself', () => {
  // Goal: a batch costs the server the same whatever is in it; nobody waits for others' batches without need.
  // Method: two batches fill the places for batches; three more lanes wait, then small ones; one single goes ahead.
  const lanes = lanesWith(['a', 'b', 'c', 'd', 'e'].map((subject) => [subject, call(subject, subject, 600)]));
  lanes.add('S', 'h', call('h', 'h'));
  const groups = [...lanes.next(0)];
  expect(namesOf(groups)).toEqual([['h'], ['a'], ['b']]);
  for (const subject of ['x', 'y', 'z']) lanes.add('S', subject, call(subject, subject, 10));
  if (groups[1] !== undefined) lanes.end(groups[1]);
  const [next] = lanes.next(0);
  expect(next?.calls.map(({ name }) => name)).toEqual(['c']);
  if (groups[2] !== undefined) lanes.end(groups[2]);
  if (next !== undefined) lanes.end(next);
  expect(namesOf(lanes.next(0))).toEqual([['d'], ['e', 'x', 'y', 'z']]);
});

test('after a refusal each call goes alone, still in order, and then together again', () => {
  // Goal: only the call that is to blame is refused (G6 for the others).
  // Method: a group of two users is split.
  const lanes = lanesWith([
    ['a', call('a', 'a1', 2)],
    ['a', call('a', 'a2', 2)],
    ['b', call('b', 'b1', 2)],
  ]);
  const [group] = lanes.next(0);
  expect(group?.calls.map(({ name }) => name)).toEqual(['a1', 'a2', 'b1']);
  if (group !== undefined) lanes.split(group);
  lanes.add('S', 'a', call('a', 'a3', 2));
  lanes.add('S', 'a', call('a', 'a4', 2));
  const order: string[][] = [];
  while (!lanes.idle) {
    for (const next of lanes.next(0)) {
      order.push(next.calls.map(({ name }) => name));
      lanes.end(next);
    }
  }
  expect(order.filter(([name]) => name?.startsWith('a'))).toEqual([['a1'], ['a2'], ['a3', 'a4']]);
});

test('what waits is bounded, in all and for one lane, and the room comes back', () => {
  // Goal: memory is bounded, and one user's flood leaves room for the others.
  // Method: fill one lane; others; then let a group end, and sweep settled calls.
  const lanes = lanesWith([]);
  const big = (subject: string, name: string) => call(subject, name, 1, LANE_BYTES_MAX / 2);
  lanes.add('S', 'a', big('a', '1'));
  const [group] = lanes.next(0);
  lanes.add('S', 'a', big('a', '2'));
  expect(lanes.hasRoomFor('a', 1)).toBe(false);
  expect(lanes.hasRoomFor('b', 1)).toBe(true);
  for (let i = 0; i < (2 * QUEUE_BYTES_MAX) / LANE_BYTES_MAX - 2; i++)
    lanes.add('S', `l${i}`, big(`l${i}`, 'x'));
  expect(lanes.hasRoomFor('b', 1)).toBe(false);
  if (group !== undefined) lanes.end(group);
  expect(lanes.hasRoomFor('b', 1)).toBe(true);
  for (const { call: waiting } of lanes.unsettled()) waiting.settled = true;
  lanes.sweep();
  expect(lanes.idle).toBe(true);
  expect(lanes.hasRoomFor('a', LANE_BYTES_MAX)).toBe(true);
});

test('a repeated message within a group is sent once, and the repeat is called a duplicate', () => {
  // Goal: JetStream refuses a batch with a repeated id, and both callers learn the same position.
  // Method: two calls with the same message in one group.
  const lanes = lanesWith([
    ['a', call('a', 'same', 2)],
    ['a', call('a', 'same', 2)],
  ]);
  const [group] = lanes.next(0);
  expect(group?.manifest.messages).toHaveLength(2);
  const places = [5, 6].map((seq) => ({ seq: seq as Seq, duplicate: false }));
  const [first = [], second = []] = group?.manifest.slots ?? [];
  expect(placesOf(first, places)).toEqual(places);
  expect(placesOf(second, places)).toEqual(places.map((place) => ({ ...place, duplicate: true })));
});

test('whatever comes and ends in whatever order, a lane has one group at a time and keeps its order (G6)', () => {
  // Goal: no call is lost, overtaken, split or sent twice at once; nothing is left in the end.
  // Method: random calls for some lanes, random ends and refusals of groups, in random order.
  const step = fc.oneof(
    fc.record({
      do: fc.constant('add' as const),
      lane: fc.nat(4),
      messages: fc.integer({ min: 1, max: 400 }),
    }),
    fc.record({ do: fc.constant('end' as const), which: fc.nat(20), tookMs: fc.nat(20) }),
    fc.record({ do: fc.constant('split' as const), which: fc.nat(20) }),
  );
  const property = fc.property(fc.array(step, { maxLength: 120 }), fc.boolean(), (steps, batches) => {
    const lanes = new Lanes<TestCall>(batches);
    const underWay: Group<TestCall>[] = [];
    const added = new Map<string, string[]>();
    const committed = new Map<string, string[]>();
    const pump = () => {
      for (const group of lanes.next(0)) {
        const subjects = new Set(group.parts.map(({ lane }) => lane.subject));
        expect(underWay.some((other) => other.parts.some(({ lane }) => subjects.has(lane.subject)))).toBe(
          false,
        );
        expect(group.manifest.messages.length).toBeLessThanOrEqual(batches ? 1_000 : 1);
        underWay.push(group);
      }
    };
    const end = (which: number, tookMs: number, split: boolean) => {
      const [group] = underWay.splice(which % Math.max(1, underWay.length), 1);
      if (group === undefined) return;
      if (split && group.calls.length > 1) return lanes.split(group);
      lanes.measured(group, tookMs);
      for (const { lane, calls } of group.parts) {
        const done = committed.get(lane.subject) ?? [];
        done.push(...calls.map(({ name }) => name));
        committed.set(lane.subject, done);
      }
      lanes.end(group);
    };
    let name = 0;
    for (const one of steps) {
      if (one.do === 'add') {
        const subject = `lane-${one.lane}`;
        const next = call(subject, `${name++}`, batches ? one.messages : 1);
        added.set(subject, [...(added.get(subject) ?? []), next.name]);
        lanes.add('S', subject, next);
      } else end(one.which, one.do === 'end' ? one.tookMs : 0, one.do === 'split');
      pump();
    }
    for (let turns = 0; !lanes.idle && turns < 1_000; turns++) {
      end(0, 1, false);
      pump();
    }
    expect(lanes.idle).toBe(true);
    expect(committed).toEqual(added);
  });
  fc.assert(property, { numRuns: 500 });
});
