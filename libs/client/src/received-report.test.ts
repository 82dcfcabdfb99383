import type { CloudEvent, Received } from '@longspan/protocol';
import { expect, test } from 'vitest';
import { ReceivedReport } from './received-report.ts';

const KEPT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

function gather() {
  const told: [string, Received['events']][] = [];
  const timers: (() => void)[] = [];
  const report = new ReceivedReport(
    (_, action) => {
      timers.push(action);
      return () => undefined;
    },
    (session, events) => void told.push([session, events]),
  );
  return { report, told, time: () => timers.shift()?.() };
}

function event(traceparent?: string): CloudEvent {
  const base = { specversion: '1.0', id: '1', source: '/test', type: 't' } as const;
  return traceparent === undefined ? base : { ...base, traceparent };
}

test('events whose trace is kept are reported together, the others never', () => {
  // Goal: what nobody looks at costs nothing. Method: three kinds of events, then time.
  const { report, told, time } = gather();
  report.handled(event(KEPT), 's', 1, 2);
  report.handled(event(KEPT.replace(/01$/, '00')), 's', 2, 2);
  report.handled(event(), 's', 3, 2);
  report.handled(event(KEPT), 's', 4, 5);
  expect(told).toEqual([]);
  time();
  expect(told).toEqual([
    [
      's',
      [
        [1, 2],
        [4, 5],
      ],
    ],
  ]);
});

test('what there is no room for is left out, and another session begins another report', () => {
  // Goal: bounded, and never told to the wrong session. Method: a hundred events, then one of another session.
  const { report, told, time } = gather();
  for (let seq = 1; seq <= 100; seq++) report.handled(event(KEPT), 'one', seq, 0);
  report.handled(event(KEPT), 'two', 101, 0);
  time();
  expect(told.map(([session, events]) => [session, events.length])).toEqual([
    ['one', 64],
    ['two', 1],
  ]);
});
