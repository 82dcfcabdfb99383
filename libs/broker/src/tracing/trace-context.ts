import {
  context as contexts,
  isSpanContextValid,
  trace,
  TraceFlags,
  type Context,
  type SpanContext,
} from '@opentelemetry/api';
import { isTraceparent } from '@longspan/protocol';
import { randomBytes } from 'node:crypto';

/** Where the parts of a `traceparent` lie: `00-<trace>-<span>-<flags>`. */
const TRACE_AT = [3, 35] as const;
const SPAN_AT = [36, 52] as const;
const FLAGS_AT = 53;
const TRACE_BYTES = 16;
const SPAN_BYTES = 8;

/** What a W3C `traceparent` says; undefined if it is none. */
export function spanContextOf(traceparent: string | undefined): SpanContext | undefined {
  if (traceparent === undefined || !isTraceparent(traceparent)) return undefined;
  return {
    traceId: traceparent.slice(...TRACE_AT),
    spanId: traceparent.slice(...SPAN_AT),
    traceFlags: Number.parseInt(traceparent.slice(FLAGS_AT), 16),
    isRemote: true,
  };
}

/** The W3C `traceparent` that says it; undefined if there is no valid one to say. */
export function traceparentOf(span: SpanContext | undefined): string | undefined {
  if (span === undefined || !isSpanContextValid(span)) return undefined;
  return `00-${span.traceId}-${span.spanId}-${isKept(span) ? '01' : '00'}`;
}

/** A place in a trace of its own, which is not kept. */
export function unkeptTrace(): SpanContext {
  return {
    traceId: randomBytes(TRACE_BYTES).toString('hex'),
    spanId: randomBytes(SPAN_BYTES).toString('hex'),
    traceFlags: TraceFlags.NONE,
  };
}

/** The context in which what a `traceparent` caused happens; `from` unchanged if it is none. */
export function contextOf(traceparent: string | undefined, from: Context = contexts.active()): Context {
  const span = spanContextOf(traceparent);
  return span === undefined ? from : trace.setSpanContext(from, span);
}

/** The same place in the same trace, for what is too small to be a span of its own. */
export function withoutSpans(from: Context): Context {
  const span = trace.getSpanContext(from);
  return span === undefined ? from : trace.setSpanContext(from, { ...span, traceFlags: TraceFlags.NONE });
}

/** Whether the trace is kept. */
export function isKept({ traceFlags }: SpanContext): boolean {
  return (traceFlags & TraceFlags.SAMPLED) !== 0;
}
