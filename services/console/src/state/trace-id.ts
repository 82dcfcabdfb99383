import { isSampled } from '@longspan/protocol';

/** The id of the trace that a `traceparent` belongs to; undefined if that trace is not kept. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  return traceparent !== undefined && isSampled(traceparent) ? traceparent.split('-')[1] : undefined;
}
