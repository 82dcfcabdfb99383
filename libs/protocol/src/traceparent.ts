const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;
const FLAGS_AT = -2;
const SAMPLED = 1;

/** Whether a text is a W3C `traceparent`. @see https://www.w3.org/TR/trace-context/#traceparent-header */
export function isTraceparent(text: string): boolean {
  return TRACEPARENT.test(text);
}

/** Whether a text is a `traceparent` whose trace is kept. Most are not, and that is seen at their end. */
export function isSampled(traceparent: string): boolean {
  if (traceparent === '' || traceparent.endsWith('-00')) return false;
  return (
    isTraceparent(traceparent) && (Number.parseInt(traceparent.slice(FLAGS_AT), 16) & SAMPLED) === SAMPLED
  );
}
