import { expect, test } from 'vitest';
import { hopSpans } from './hop-spans.ts';
import { readTraceEvent } from './trace-event.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CREATION = '00f067aa0ba902b7';

/** What nats-server 2.15.1 tells, as it was recorded, less what is not looked at. */
function told(options: {
  readonly server: string;
  readonly hop?: string;
  readonly attempt?: string;
  readonly events: readonly object[];
}): string {
  const { server, hop, attempt, events } = options;
  return JSON.stringify({
    server: { name: server, host: '127.0.0.1', cluster: 'c1', ver: '2.15.1', seq: 43 },
    request: {
      header: {
        'Nats-Msg-Id': ['x1'],
        traceparent: [`00-${TRACE}-${CREATION}-01`],
        ...(hop === undefined ? {} : { 'Nats-Trace-Hop': [hop] }),
        ...(attempt === undefined ? {} : { 'Longspan-Attempt': [attempt] }),
      },
      msgsize: 106,
    },
    hops: 1,
    events,
  });
}

const ingress = (second: string) => ({
  type: 'in',
  ts: `2026-11-22T15:40:${second}Z`,
  kind: 0,
  cid: 17,
  name: 'ingress-0',
  acc: 'LONGSPAN',
  subj: 'ev.0.ada',
});
const first = told({
  server: 'n1',
  events: [
    ingress('57.015964466'),
    { type: 'eg', ts: '2026-11-22T15:40:57.016010567Z', kind: 1, cid: 15, name: 'n0', hop: '1' },
    { type: 'eg', ts: '2026-11-22T15:40:57.016010568Z', kind: 0, cid: 16, name: 'a client' },
  ],
});
const leader = (fields: object = { subject: 'ev.0.ada' }) =>
  told({
    server: 'n0',
    hop: '1',
    events: [
      ingress('57.019537574'),
      { type: 'js', ts: '2026-11-22T15:40:57.024535305Z', stream: 'LONGSPAN_EVENTS_0', ...fields },
    ],
  });

function spansOf(message: string) {
  const event = readTraceEvent(message);
  return event === undefined ? [] : hopSpans(event);
}

test('each server is a span below the one before, with what it did and its own times', () => {
  // Goal: the way through the cluster, hop by hop. Method: what two servers tell, the second one first.
  const [second, commit] = spansOf(leader());
  const [server, egress, ...more] = spansOf(first);
  expect(more).toEqual([]);
  expect(server).toMatchObject({
    name: 'nats n1',
    traceId: TRACE,
    parentSpanId: CREATION,
    start: [Date.parse('2026-11-22T15:40:57Z') / 1_000, 15_964_466],
    end: [Date.parse('2026-11-22T15:40:57Z') / 1_000, 16_010_567],
    attributes: {
      'nats.server.name': 'n1',
      'nats.cluster.name': 'c1',
      'nats.account': 'LONGSPAN',
      'nats.hop': '',
    },
  });
  expect(egress).toMatchObject({
    name: 'nats egress',
    parentSpanId: server?.spanId,
    attributes: { 'nats.to': 'n0' },
  });
  expect(second).toMatchObject({
    name: 'nats n0',
    parentSpanId: server?.spanId,
    attributes: { 'nats.hop': '1' },
  });
  expect(commit).toMatchObject({
    name: 'nats commit LONGSPAN_EVENTS_0',
    parentSpanId: second?.spanId,
    start: second?.start,
    end: second?.end,
    error: undefined,
  });
  const ids = [server, egress, second, commit].map((span) => span?.spanId);
  expect(new Set(ids).size).toBe(4);
  expect(ids.every((id) => /^[0-9a-f]{16}$/.test(id ?? ''))).toBe(true);
});

test('a later hop’s parent is the server one hop before it', () => {
  // Goal: gateways and leaves, too. Method: the third server of a way.
  const third = told({ server: 'far', hop: '1.2', events: [ingress('58.0')] });
  const [second] = spansOf(leader());
  expect(spansOf(third)[0]?.parentSpanId).toBe(second?.spanId);
});

test('attempts at the same message are told apart', () => {
  // Goal: a publish that is repeated after a failover is no one span twice. Method: the header of the second attempt.
  const again = told({ server: 'n1', attempt: '2', events: [ingress('59.0')] });
  expect(spansOf(again)[0]?.spanId).not.toBe(spansOf(first)[0]?.spanId);
  expect(spansOf(again)[0]?.parentSpanId).toBe(CREATION);
});

test('a refusal is a failure, a recognised repeat is not', () => {
  // Goal: what is red is wrong. Method: the two errors as the server words them.
  expect(spansOf(leader({ error: 'expected stream does not match' }))[1]?.error).toBe(
    'expected stream does not match',
  );
  expect(spansOf(leader({ error: 'msgid is duplicate' }))[1]).toMatchObject({
    error: undefined,
    attributes: { 'nats.duplicate': true },
  });
});

test('no user is named', () => {
  // Goal: traces are for operators. Method: the spans of messages whose subject names a user.
  expect(JSON.stringify([...spansOf(first), ...spansOf(leader())])).not.toContain('ada');
});

test.each([
  ['no JSON', 'x'],
  ['no trace', '{}'],
  ['no arrival', told({ server: 'n0', events: [] })],
  ['no time', told({ server: 'n0', events: [{ ...ingress('57.0'), ts: 'now' }] })],
  ['no traceparent', told({ server: 'n0', events: [ingress('57.0')] }).replace(`00-${TRACE}`, 'x')],
])('%s is no span', (_, message) => {
  // Goal: whatever is published there harms nobody. Method: a table.
  expect(spansOf(message)).toEqual([]);
});
