import { ROOT_CONTEXT, SpanKind, trace, TraceFlags, type Attributes } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { KeepingSampler } from './sampler.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const never = new KeepingSampler(0);

function decision(sampler: KeepingSampler, parent: 'kept' | 'unkept' | 'none', attributes: Attributes = {}) {
  const traceFlags = parent === 'kept' ? TraceFlags.SAMPLED : TraceFlags.NONE;
  const span = { traceId: TRACE, spanId: '00f067aa0ba902b7', traceFlags, isRemote: true };
  const context = parent === 'none' ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, span);
  return sampler.shouldSample(context, TRACE, 'x', SpanKind.INTERNAL, attributes, []).decision;
}

test('a caller’s decision is respected, whatever the ratio', () => {
  // Goal: a trace is whole or not there. Method: both decisions under both extremes.
  expect(decision(never, 'kept')).toBe(SamplingDecision.RECORD_AND_SAMPLED);
  expect(decision(new KeepingSampler(1), 'unkept')).toBe(SamplingDecision.NOT_RECORD);
});

test('of the traces that begin here, a part is kept', () => {
  // Goal: the ratio counts for roots. Method: the two extremes.
  expect(decision(never, 'none')).toBe(SamplingDecision.NOT_RECORD);
  expect(decision(new KeepingSampler(1), 'none')).toBe(SamplingDecision.RECORD_AND_SAMPLED);
});

test('what is marked is kept', () => {
  // Goal: gaps and failures are there when they are looked for. Method: the mark, with nothing else for it.
  const marked = { 'longspan.kept': true };
  expect([decision(never, 'none', marked), decision(never, 'unkept', marked)]).toEqual([
    SamplingDecision.RECORD_AND_SAMPLED,
    SamplingDecision.RECORD_AND_SAMPLED,
  ]);
});
