// Goal: commands reach their commit in order, each at least once, or fail with a reason (G7).
// Method: the queue as a function.
import type { SessionLimits } from '@longspan/protocol';
import { expect, test } from 'vitest';
import { SEND_ANSWER_TIMEOUT_MS, SENDS_QUEUED_BYTES_MAX, SENDS_QUEUED_MAX } from './limits.ts';
import { abandon, committed, enqueue, pump, recall, refused, refuseAll, type Sends } from './sends.ts';

const EMPTY: Sends = { queue: [], flight: undefined, holdUntil: 0, tries: 0 };
const LIMITS: SessionLimits = { frameBytes: 200, eventBytes: 100, sendsPerSecond: 1, sendsInFlight: 1 };

function queueOf(...ids: string[]): Sends {
  return ids.reduce((sends, id) => enqueue(sends, command(id), false).sends, EMPTY);
}

function command(id: string, eventBytes = 10) {
  return { id, event: { type: 't' }, eventBytes, frameBytes: eventBytes + 30 };
}

function sentIds(step: { effects: readonly { kind: string }[] }): unknown[] {
  return step.effects.map((effect) => ('frame' in effect ? (effect.frame as { id: string }).id : effect));
}

const sent = (id: string) => ({ type: 'sent', id, position: 'c-1', duplicate: false }) as const;

test('one command is in flight at a time, and its answer lets the next one go', () => {
  const first = pump(queueOf('a', 'b'), 1, LIMITS, 0);
  expect(sentIds(first)).toEqual(['a']);
  expect(pump(first.sends, 1, LIMITS, 0).effects).toEqual([]);
  const answered = committed(first.sends, sent('a'));
  expect(answered.effects).toEqual([
    { kind: 'settle', id: 'a', outcome: { kind: 'committed', position: 'c-1', duplicate: false } },
  ]);
  expect(sentIds(pump(answered.sends, 1, LIMITS, 0))).toEqual(['b']);
});

test('a command whose connection is gone, or whose answer does not come, is sent again', () => {
  const first = pump(queueOf('a'), 1, LIMITS, 0);
  expect(sentIds(pump(recall(first.sends), 2, LIMITS, 0))).toEqual(['a']);
  expect(sentIds(pump(first.sends, 1, LIMITS, SEND_ANSWER_TIMEOUT_MS))).toEqual(['a']);
});

test('a refusal that may pass is tried again after a pause, ahead of what follows', () => {
  const first = pump(queueOf('a', 'b'), 1, LIMITS, 0);
  const error = { type: 'error', code: 'not_committed', message: 'm', retryable: true, id: 'a' } as const;
  const again = refused(first.sends, error, { baseMs: 100, maxMs: 1_000 }, { now: 0, random: 0.5 });
  expect(again.effects).toEqual([]);
  expect(pump(again.sends, 1, LIMITS, 49).effects).toEqual([]);
  expect(sentIds(pump(again.sends, 1, LIMITS, 50))).toEqual(['a']);
});

test('a refusal for good fails the command and lets the next one go', () => {
  const first = pump(queueOf('a', 'b'), 1, LIMITS, 0);
  const error = { type: 'error', code: 'bad_event', message: 'no', retryable: false, id: 'a' } as const;
  const failed = refused(first.sends, error, { baseMs: 100, maxMs: 1_000 }, { now: 0, random: 0.5 });
  expect(failed.effects).toMatchObject([
    { kind: 'settle', id: 'a', outcome: { kind: 'refused', code: 'bad_event' } },
  ]);
  expect(sentIds(pump(failed.sends, 1, LIMITS, 0))).toEqual(['b']);
});

test('a command that the edge would close the socket for is not sent at all', () => {
  const sends = enqueue(enqueue(EMPTY, command('big', 101), false).sends, command('small'), false).sends;
  const [first, second] = pump(sends, 1, LIMITS, 0).effects;
  expect(first).toMatchObject({ kind: 'settle', id: 'big', outcome: { code: 'event_too_big' } });
  expect(second).toMatchObject({ kind: 'transmit', frame: { id: 'small' } });
});

test('the queue is bounded, and a closed client takes nothing', () => {
  const full = queueOf(...Array.from({ length: SENDS_QUEUED_MAX }, (_, index) => `c${index}`));
  expect(enqueue(full, command('one-more'), false).effects).toMatchObject([
    { outcome: { code: 'queue_full' } },
  ]);
  const large = enqueue(EMPTY, command('a', SENDS_QUEUED_BYTES_MAX - 100), false).sends;
  expect(enqueue(large, command('b', 100), false).effects).toMatchObject([
    { outcome: { code: 'queue_full' } },
  ]);
  expect(enqueue(EMPTY, command('late'), true).effects).toMatchObject([{ outcome: { code: 'closed' } }]);
  expect(refuseAll(queueOf('a', 'b')).effects).toHaveLength(2);
});

test('a command that is given up leaves the queue, and a late answer to it changes nothing', () => {
  const first = pump(queueOf('a', 'b'), 1, LIMITS, 0);
  const given = abandon(first.sends, 'a');
  expect(given.effects).toMatchObject([{ id: 'a', outcome: { code: 'aborted' } }]);
  expect(committed(given.sends, sent('a')).effects).toEqual([]);
  expect(sentIds(pump(given.sends, 1, LIMITS, 0))).toEqual(['b']);
  expect(abandon(given.sends, 'unknown').effects).toEqual([]);
});
