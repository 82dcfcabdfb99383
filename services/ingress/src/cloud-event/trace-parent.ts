const TRACE_PARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Whether a text is a W3C `traceparent`. @see https://www.w3.org/TR/trace-context/#traceparent-header */
export function isTraceParent(text: string): boolean {
  return TRACE_PARENT.test(text);
}
