import { ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { contextOf, decideRoots, Operation } from '@longspan/broker';
import { TracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { KeepingSampler } from './sampler.ts';

// The decision of libs/broker with the real SDK and our sampler, which by itself would keep nothing that begins here.

const spans: ReadableSpan[] = [];
const provider = new TracerProvider({
  sampler: new KeepingSampler(0),
  spanProcessors: [
    {
      onStart: () => undefined,
      onEnd: (span) => void spans.push(span),
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    },
  ],
});
trace.setGlobalTracerProvider(provider);
afterAll(() => trace.disable());
beforeEach(() => void spans.splice(0));

const begin = (parent = ROOT_CONTEXT) =>
  new Operation('x', { kind: SpanKind.PRODUCER, parent, attributes: () => ({}) });

test('a trace that nobody keeps has no span and says nothing, until somebody has to be told so', () => {
  // Goal: what is not kept costs next to nothing, and those whom it causes do not decide again.
  using _ = decideRoots(0);
  const operation = begin();
  expect([operation.recording, operation.toldTraceparent]).toEqual([false, undefined]);
  const { traceparent } = operation;
  expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  const caused = begin(operation.context);
  expect([caused.recording, caused.toldTraceparent]).toEqual([false, traceparent]);
  operation.end();
  expect(spans).toEqual([]);
});

test('one that is kept is kept whatever the sampler would have said, and what it causes with it', () => {
  // Goal: the number is drawn once.
  using _ = decideRoots(1);
  const operation = begin();
  const caused = begin(operation.context);
  caused.end();
  operation.end();
  expect(operation.toldTraceparent).toMatch(/-01$/);
  const [child, root] = spans.map((span) => [span.spanContext().traceId, span.parentSpanContext?.spanId]);
  expect(child).toEqual([root?.[0], spans[1]?.spanContext().spanId]);
  expect(root?.[1]).toBeUndefined();
});

test('a caller’s decision stands, either way', () => {
  // Goal: decisions are about traces that begin here. Method: callers who say the opposite.
  const caller = (flags: string) => `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-${flags}`;
  {
    using _ = decideRoots(1);
    expect(begin(contextOf(caller('00'), ROOT_CONTEXT)).toldTraceparent).toBe(caller('00'));
  }
  using _ = decideRoots(0);
  expect(begin(contextOf(caller('01'), ROOT_CONTEXT)).recording).toBe(true);
});

test('a failure is kept all the same', () => {
  using _ = decideRoots(0);
  begin().fail('no_quorum');
  expect(spans.map(({ attributes }) => attributes)).toEqual([
    { 'longspan.kept': true, 'error.type': 'no_quorum' },
  ]);
});
