/*
 * What is well formed, as the seed of what is not.
 */

/** Frames from clients, without tokens: those are added where they are needed. */
export const UP_FRAMES: readonly Readonly<Record<string, unknown>>[] = [
  { type: 'connect', token: 'not.a.token', from: 'latest', client: 'fuzz 1.0' },
  { type: 'connect', from: 'dn1m-17' },
  { type: 'send', id: 'c-17', event: { type: 'chat_message', data: { text: 'Hi' }, threadid: 't1' } },
  { type: 'send', id: 'c_18', event: { type: 'x', data: [1, 'two', { three: null }] } },
  { type: 'auth', token: 'not.a.token' },
  { type: 'pong' },
  { type: 'received', events: [[21, 3]] },
];

const LIMITS = { frameBytes: 327_680, eventBytes: 262_144, sendsPerSecond: 20, sendsInFlight: 32 };
const EVENT = { specversion: '1.0', id: 'i-1', source: '/fuzz', type: 'note', data: { n: 1 } };

/** Frames from an edge: one conversation, in order. */
export const DOWN_FRAMES: readonly Readonly<Record<string, unknown>>[] = [
  {
    type: 'welcome',
    session: 'edge-1.q3Zf',
    edge: 'edge-1',
    user: 'ada',
    position: 'dn1m-17',
    heartbeatMs: 10_000,
    limits: LIMITS,
  },
  { type: 'events', events: [{ seq: 21, prev: 17, event: EVENT }] },
  {
    type: 'events',
    events: [
      { seq: 22, prev: 21, event: { ...EVENT, id: 'i-2' } },
      { seq: 40, prev: 22, event: { ...EVENT, id: 'i-3', time: '2026-01-31T12:00:00Z', attempt: 2 } },
    ],
  },
  { type: 'gap', from: 'dn1m-40', to: 'dn1m-900', reason: 'expired' },
  { type: 'caught_up', position: 'dn1m-900' },
  { type: 'sent', id: 'c-17', position: 'dn1x-4', duplicate: false },
  { type: 'error', code: 'rate_limited', message: 'slow down', retryable: true, id: 'c-17' },
  { type: 'error', code: 'not_caught_up', message: 'no quorum', retryable: true },
  { type: 'ping', position: 'dn1m-921' },
  { type: 'gap', from: 'dn1m-921', to: 'dn2m-4', reason: 'reset' },
  { type: 'drain', reconnectWithinMs: 1_000 },
];

/** Events as publishers send them, in the JSON form. */
export const EVENTS: readonly Readonly<Record<string, unknown>>[] = [
  EVENT,
  { type: 'note', data: { text: 'plain' } },
  { type: 'note' },
  {
    specversion: '1.0',
    id: 'i-4',
    source: 'urn:example:agent',
    type: 'com.example.done',
    time: '2026-01-31T12:00:00.123456789+01:00',
    subject: 'ünicode',
    datacontenttype: 'application/json; charset=utf-8',
    dataschema: 'https://example.com/schema',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    threadid: 't1',
    runid: 'r1',
    attempt: 3,
    extension: true,
    data: { big: 1e21, small: 1e-7, list: [null, false] },
  },
  { specversion: '1.0', id: 'i-5', source: '/fuzz', type: 'bytes', data_base64: 'AAECAw==' },
];
