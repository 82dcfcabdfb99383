import { z } from 'zod';

/** Kinds of connections, as the server counts them. */
export const CONNECTION_KINDS = { client: 0, route: 1, gateway: 2, leaf: 4 } as const;

const text = z.string().max(1_024);
const time = z.string().max(64);

const ingress = z.object({ type: z.literal('in'), ts: time, acc: text.optional(), subj: text.optional() });
const jetstream = z.object({ type: z.literal('js'), ts: time, stream: text, error: text.optional() });
const egress = z.object({
  type: z.literal('eg'),
  ts: time,
  kind: z.number(),
  name: text.optional(),
  hop: text.optional(),
  error: text.optional(),
});
/** A mapping of subjects, an import or an export of a service: the way through one server, of no interest here. */
const other = z.object({ type: z.string(), ts: time });

const traceEvent = z.object({
  server: z.object({ name: text, cluster: text.optional() }),
  request: z.object({ header: z.record(z.string(), z.array(z.string())).optional() }),
  events: z.array(z.union([ingress, jetstream, egress, other])).max(1_000),
});

/** What one server tells of one message (ADR-41): how it came, what was done with it, where it went. */
export type TraceEvent = z.output<typeof traceEvent>;
export type Ingress = z.output<typeof ingress>;
export type Step = z.output<typeof jetstream> | z.output<typeof egress>;

/** Reads what a server tells; undefined if it is not that. */
export function readTraceEvent(message: string): TraceEvent | undefined {
  try {
    return traceEvent.safeParse(JSON.parse(message)).data;
  } catch {
    return undefined;
  }
}
