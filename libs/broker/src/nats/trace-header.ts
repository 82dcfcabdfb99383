import { isSampled } from '@longspan/protocol';
import type { ServerHeaders } from './server-headers.ts';

/** The message's place in its trace: the W3C `traceparent` of its creation. */
export const TRACE_HEADER = 'traceparent';

/** Which attempt at publishing a message whose trace is kept it is, if not the first: they pass the same servers. */
export const ATTEMPT_HEADER = 'Longspan-Attempt';

/** The `traceparent` of a message whose trace is kept; undefined of all others. */
export function traceOf(headers: ServerHeaders): string | undefined {
  const traceparent = headers.first(TRACE_HEADER);
  return isSampled(traceparent) ? traceparent : undefined;
}
