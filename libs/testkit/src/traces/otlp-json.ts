import { z } from 'zod';
import { spanKindOf } from './span-kind.ts';
import type { Span } from './trace-query.ts';

const STATUS_ERROR: readonly unknown[] = [2, 'STATUS_CODE_ERROR'];

const value = z.object({
  stringValue: z.string().optional(),
  boolValue: z.boolean().optional(),
  intValue: z.union([z.string(), z.number()]).optional(),
  doubleValue: z.number().optional(),
});
const attributes = z.array(z.object({ key: z.string(), value })).default([]);
const link = z.object({ traceId: z.string(), spanId: z.string() });
const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().default(''),
  name: z.string(),
  kind: z.union([z.number(), z.string()]).optional(),
  startTimeUnixNano: z.coerce.bigint(),
  endTimeUnixNano: z.coerce.bigint(),
  attributes,
  links: z.array(link).default([]),
  status: z.object({ code: z.union([z.number(), z.string()]).optional() }).default({}),
});
const traces = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes }).default({ attributes: [] }),
      scopeSpans: z.array(z.object({ spans: z.array(span).default([]) })).default([]),
    }),
  ),
});

/** Reads the spans of OTLP's JSON form; throws if it is not that. */
export function readOtlpJson(json: unknown): readonly Span[] {
  return traces.parse(json).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const about = recordOf(resource.attributes);
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(({ traceId, spanId, parentSpanId, name, kind, links, status, ...rest }) => ({
        traceId,
        spanId,
        parentSpanId: parentSpanId === '' ? undefined : parentSpanId,
        name,
        kind: spanKindOf(kind),
        service: String(about['service.name'] ?? ''),
        instance: String(about['service.instance.id'] ?? ''),
        attributes: recordOf(rest.attributes),
        links,
        startMs: msOf(rest.startTimeUnixNano),
        endMs: msOf(rest.endTimeUnixNano),
        failed: STATUS_ERROR.includes(status.code),
      })),
    );
  });
}

/** To a microsecond: nanoseconds since 1970 are more digits than a number has. */
function msOf(nanos: bigint): number {
  return Number(nanos / 1_000n) / 1_000;
}

function recordOf(list: z.output<typeof attributes>): Record<string, unknown> {
  return Object.fromEntries(
    list.map(({ key, value: { stringValue, boolValue, intValue, doubleValue } }) => [
      key,
      stringValue ?? boolValue ?? doubleValue ?? (intValue === undefined ? undefined : Number(intValue)),
    ]),
  );
}
