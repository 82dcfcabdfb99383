import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { contextOf, spanContextOf, traceparentOf, withoutSpans } from './trace-context.ts';

const KEPT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const UNKEPT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';

test.each([KEPT, UNKEPT])('%s comes out as it went in', (traceparent) => {
  // Goal: a context survives every hop. Method: read and write.
  expect(traceparentOf(spanContextOf(traceparent))).toBe(traceparent);
});

test('what is no traceparent changes nothing', () => {
  // Goal: nonsense from outside is ignored, as W3C asks. Method: text, and nothing.
  for (const text of ['', 'x', `${KEPT}-x`, undefined]) {
    expect(spanContextOf(text)).toBeUndefined();
    expect(contextOf(text, ROOT_CONTEXT)).toBe(ROOT_CONTEXT);
  }
  expect(traceparentOf(undefined)).toBeUndefined();
});

test('a context without spans is the same place, not kept', () => {
  // Goal: small things belong to a trace without being spans. Method: take the flag away.
  const small = withoutSpans(contextOf(KEPT, ROOT_CONTEXT));
  expect(traceparentOf(trace.getSpanContext(small))).toBe(UNKEPT);
  expect(withoutSpans(ROOT_CONTEXT)).toBe(ROOT_CONTEXT);
});
