import { assert, json, oneof, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { decodeDown } from './decode-down.ts';
import type { DownFrame } from './down.ts';

const limits = { frameBytes: 1, eventBytes: 1, sendsPerSecond: 1, sendsInFlight: 1 };
const event = {
  specversion: '1.0',
  id: '1',
  source: '/s',
  type: 't',
  data: { any: ['thing'] },
  extension: 'x',
} as const;

/** One of each kind; the compiler asks for a new one when there is a new frame. */
const frames: { readonly [Type in DownFrame['type']]: Extract<DownFrame, { type: Type }> } = {
  welcome: { type: 'welcome', session: 's', edge: 'e', user: 'u', position: 'a-0', heartbeatMs: 1, limits },
  events: { type: 'events', events: [{ seq: 2, prev: 1, event }] },
  gap: { type: 'gap', from: 'a-1', to: 'b-0', reason: 'reset' },
  caught_up: { type: 'caught_up', position: 'a-2' },
  sent: { type: 'sent', id: '1', position: 'c-1', duplicate: true },
  error: { type: 'error', code: 'rate_limited', message: 'm', retryable: true, id: '1' },
  ping: { type: 'ping', position: 'a-2' },
  drain: { type: 'drain', reconnectWithinMs: 5 },
};

test.each(Object.values(frames))('a $type frame is read as it was written', (frame) => {
  // Goal: nothing is lost on the way. Method: there and back.
  expect(decodeDown(JSON.stringify(frame))).toEqual(frame);
});

test.each(Object.values(frames))(
  'a $type frame that lacks a field, or has one of another kind, is none',
  (frame) => {
    // Goal: a client never works with half a frame. Method: take each field away, then make it something else.
    for (const field of Object.keys(frame).filter((name) => name !== 'id' || frame.type === 'sent')) {
      const { [field]: _, ...rest } = frame as unknown as Record<string, unknown>;
      expect(decodeDown(JSON.stringify(rest))).toBeUndefined();
      expect(decodeDown(JSON.stringify({ ...rest, [field]: { not: 'this' } }))).toBeUndefined();
    }
  },
);

test('any text at all is read without an exception', () => {
  // Goal: a broken edge or proxy cannot throw into the client. Method: random JSON, random text.
  assert(
    property(oneof(json(), string()), (text) => {
      expect(() => decodeDown(text)).not.toThrow();
    }),
  );
});

test('fields and frames of a later version are passed over', () => {
  // Goal: old clients live with newer edges. Method: an unknown field, an unknown frame.
  expect(decodeDown(JSON.stringify({ ...frames.ping, later: 1 }))).toEqual(frames.ping);
  expect(decodeDown('{"type":"later"}')).toBeUndefined();
});
