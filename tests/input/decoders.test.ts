import { isDeepStrictEqual } from 'node:util';
import { decodeDown, formatPosition, parsePosition, parseUserId } from '@longspan/protocol';
import { EVENT_BYTES_MAX, eventSubject, shardOf } from '@longspan/broker';
import { Evidence, scaled } from '@longspan/testkit';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeUp } from '../../services/edge/src/connection/inbound.ts';
import { readEvents } from '../../services/ingress/src/cloud-event/read-events.ts';
import { Problem } from '../../services/ingress/src/http/problems.ts';
import { hostileBytes, hostileText } from './hostile.ts';
import { DOWN_FRAMES, EVENTS, UP_FRAMES } from './valid.ts';

// Goal: whatever comes in is read without an exception, and what is taken is what it says.
// Method: the readers themselves, as functions, since a million cases a minute find more than a thousand over a wire.

const CASES = scaled({ short: 4_000, quick: 10_000, full: 60_000, long: 300_000 });

/** Longer texts may nest deeper than this test itself can write. */
const WRITABLE_CHARS = 20_000;

/**
 * Has every case checked, by the evidence's seed; a counterexample is shrunk. Resolves to the number of cases.
 * @param complaint what is wrong with a case, if anything is.
 */
async function fuzz<T>(
  what: string,
  cases: fc.Arbitrary<T>,
  complaint: (value: T) => string | undefined,
): Promise<number> {
  await using evidence = new Evidence('input', what);
  const property = fc.property(cases, (value) => {
    const wrong = complaint(value);
    if (wrong !== undefined) throw new Error(wrong);
  });
  fc.assert(property, { seed: evidence.seed, numRuns: CASES });
  const polluted = Object.keys(Object.prototype);
  evidence.promise({
    metric: `Input, ${what}`,
    requirement: 'a value or a refusal, never an exception; what is taken reads the same again',
    achieved: `${CASES.toLocaleString('en')} cases, no exception`,
    holds: polluted.length === 0,
  });
  return CASES;
}

test('a frame from an edge is read or refused, whatever it is', async () => {
  const count = await fuzz(
    'frames from an edge, read by the client library',
    hostileText(DOWN_FRAMES),
    (text) => {
      const frame = decodeDown(text);
      if (frame === undefined || text.length > WRITABLE_CHARS) return undefined;
      return differs(decodeDown(JSON.stringify(frame)), frame);
    },
  );
  expect(count).toBe(CASES);
});

test('a frame from a client is read or refused, whatever it is', async () => {
  const count = await fuzz('frames from a client, read by the edge', hostileText(UP_FRAMES), (text) => {
    const frame = decodeUp(text);
    if (frame === undefined) return undefined;
    if (frame.type === 'bad_send') return differs(/^[\w-]{1,64}$/.test(frame.id), true);
    return differs(decodeUp(JSON.stringify(frame)), frame);
  });
  expect(count).toBe(CASES);
});

const CONTENT_TYPES = [
  'application/json',
  'application/cloudevents+json',
  'application/cloudevents-batch+json',
  'application/octet-stream',
  'text/plain; charset=latin1',
  '',
];
const STRUCTURED = { headers: { 'content-type': 'application/cloudevents+json' }, headersDistinct: {} };

const attributes = fc.dictionary(
  fc.constantFrom('ce-id', 'ce-source', 'ce-type', 'ce-specversion', 'ce-time', 'ce-attempt', 'ce-x-y'),
  fc.oneof(fc.constantFrom('1.0', '/fuzz', 'note', '"a\\"b"', '%E4%BD%A0', '%ff', '%', '7', ''), fc.string()),
  { noNullPrototype: true },
);
const publish = fc.record({
  body: hostileBytes([...EVENTS, ...EVENTS.map((event) => ({ ...event, specversion: '1.0' }))]),
  batch: fc.boolean(),
  type: fc.oneof(fc.constantFrom(...CONTENT_TYPES), fc.string({ maxLength: 40 })),
  attributes: fc.option(attributes),
});

test('the body of a publish is read as events or refused as a problem, whatever it is', async () => {
  const count = await fuzz('publishes in four forms, read by the ingress', publish, (request) => {
    const body = request.batch
      ? Buffer.concat([Buffer.from('['), request.body, Buffer.from(']')])
      : request.body;
    const headers = { 'content-type': request.type, ...request.attributes };
    const headersDistinct = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, [value]]),
    );
    const events = eventsOf({ headers, headersDistinct }, body) ?? [];
    for (const event of events) {
      const text = JSON.stringify(event);
      const bytes = Buffer.from(text);
      if (bytes.length > EVENT_BYTES_MAX) return 'an event is too big';
      const [again] = readEvents(STRUCTURED, bytes);
      if (JSON.stringify(again) !== text) return `read as ${text}, and then as ${JSON.stringify(again)}`;
    }
    return undefined;
  });
  expect(count).toBe(CASES);
});

test('a position is read as it is written, or refused', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.stringMatching(/^[0-9a-z]{0,26}-[0-9]{0,18}$/),
    fc.tuple(fc.string({ maxLength: 3 }), fc.nat()).map(([epoch, seq]) => `${epoch}-${seq}`),
  );
  const count = await fuzz('positions', text, (position) => {
    const read = parsePosition(position);
    return read === undefined ? undefined : differs(formatPosition(read), position);
  });
  expect(count).toBe(CASES);
});

test('G4: a user id becomes one token of a subject, and no other user’s', async () => {
  const subjects = new Map<string, string>();
  const id = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 130 }),
    fc.constantFrom('*', '>', 'a.b', '.', '..', 'a b', '=2E', '$SYS', '_INBOX.x', 'ev.0.ada', 'ada'),
    fc.stringMatching(/^[a=.*>]{1,6}$/),
  );
  const count = await fuzz('user ids, made into subjects', id, (text) => {
    const user = parseUserId(text);
    if (user === undefined) return undefined;
    const subject = eventSubject(shardOf(user, 1), user);
    const owner = subjects.get(subject) ?? text;
    subjects.set(subject, text);
    return /^ev\.0\.[\w=-]+$/.test(subject) ? differs(owner, text) : `a subject ${subject}`;
  });
  expect(count).toBe(CASES);
});

/** The events that the ingress reads, or undefined if it refuses by a problem. */
function eventsOf(
  request: Parameters<typeof readEvents>[0],
  body: Uint8Array,
): ReturnType<typeof readEvents> | undefined {
  try {
    return readEvents(request, body);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

function differs(actual: unknown, expected: unknown): string | undefined {
  if (isDeepStrictEqual(actual, expected)) return undefined;
  return `${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`;
}
