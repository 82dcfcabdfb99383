import { createHash } from 'node:crypto';
import { ATTEMPT_HEADER, spanContextOf, TRACE_HEADER } from '@longspan/broker';
import type { TimedSpan } from '@longspan/telemetry';
import { SpanKind, type HrTime } from '@opentelemetry/api';
import { CONNECTION_KINDS, type Ingress, type Step, type TraceEvent } from './trace-event.ts';

const HOP_HEADER = 'Nats-Trace-Hop';
/** A repeat that the stream recognises is no failure: it is what the id is for. */
const DUPLICATE = 'msgid is duplicate';
const BETWEEN_NODES: readonly number[] = [
  CONNECTION_KINDS.route,
  CONNECTION_KINDS.gateway,
  CONNECTION_KINDS.leaf,
];

/**
 * The spans of what one server tells of one message: the server's own, and one for each step in it. They are made from
 * that alone, so that it does not matter in which order servers tell, or whether all do: a span's id follows from the
 * message and the hop, and so does its parent's, which is the server before or, for the first, the message's creation.
 */
export function hopSpans(event: TraceEvent): readonly TimedSpan[] {
  const header = headersOf(event);
  const creation = spanContextOf(header.get(TRACE_HEADER.toLowerCase()));
  const ingress = event.events.find((step): step is Ingress => step.type === 'in');
  const start = timeOf(ingress?.ts);
  if (creation === undefined || ingress === undefined || start === undefined) return [];

  const hop = header.get(HOP_HEADER.toLowerCase()) ?? '';
  const message = [
    creation.traceId,
    creation.spanId,
    header.get(ATTEMPT_HEADER.toLowerCase()) ?? '',
    'subj' in ingress ? ingress.subj : '',
  ];
  const idOf = (...place: readonly string[]) => spanIdOf([...message, ...place]);
  const spanId = idOf(hop);
  const { name, cluster } = event.server;
  const steps = event.events.flatMap((step, i) => {
    const span = isStep(step) ? stepOf(step) : undefined;
    const end = timeOf(step.ts);
    if (span === undefined || end === undefined) return [];
    const common = { traceId: creation.traceId, spanId: idOf(hop, String(i)), parentSpanId: spanId };
    return [{ ...span, ...common, start: span.lasts ? start : end, end }];
  });
  const server: TimedSpan = {
    name: `nats ${name}`,
    kind: SpanKind.SERVER,
    traceId: creation.traceId,
    spanId,
    parentSpanId: hop === '' ? creation.spanId : idOf(hop.slice(0, Math.max(0, hop.lastIndexOf('.')))),
    start,
    end: steps.reduce((latest, { end }) => (isLater(end, latest) ? end : latest), start),
    attributes: {
      'messaging.system': 'nats',
      'nats.server.name': name,
      ...(cluster === undefined ? {} : { 'nats.cluster.name': cluster }),
      ...(ingress.acc === undefined ? {} : { 'nats.account': ingress.acc }),
      'nats.hop': hop,
    },
    error: undefined,
  };
  return [server, ...steps];
}

type StepSpan = Pick<TimedSpan, 'name' | 'kind' | 'attributes' | 'error'> & {
  /** Whether it began with the message's arrival; else it is a moment. */
  readonly lasts: boolean;
};

function stepOf(step: Step): StepSpan | undefined {
  if (step.type === 'js') {
    const { stream, error } = step;
    const duplicate = error === DUPLICATE ? { 'nats.duplicate': true } : {};
    return {
      name: `nats commit ${stream}`,
      kind: SpanKind.INTERNAL,
      attributes: { 'messaging.system': 'nats', 'nats.stream': stream, ...duplicate },
      error: error === DUPLICATE ? undefined : error,
      lasts: true,
    };
  }
  if (!BETWEEN_NODES.includes(step.kind)) return undefined;
  return {
    name: 'nats egress',
    kind: SpanKind.INTERNAL,
    attributes: { 'messaging.system': 'nats', 'nats.to': step.name ?? '' },
    error: step.error,
    lasts: false,
  };
}

function isStep(step: TraceEvent['events'][number]): step is Step {
  return (step.type === 'js' && 'stream' in step) || (step.type === 'eg' && 'kind' in step);
}

/** Headers by their names in lower case; of several values the last, which a server may have added. */
function headersOf({ request }: TraceEvent): ReadonlyMap<string, string> {
  const entries = Object.entries(request.header ?? {});
  return new Map(entries.map(([name, values]) => [name.toLowerCase(), values.at(-1) ?? '']));
}

function spanIdOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 16);
}

/** RFC 3339 with nanoseconds, as the server writes it; undefined if it is not that. */
function timeOf(text: string | undefined): HrTime | undefined {
  const match = /^([^.Z]+)(?:\.([0-9]{1,9}))?(Z|[+-][0-9:]+)$/.exec(text ?? '');
  const seconds = Date.parse(`${match?.[1]}${match?.[3]}`) / 1_000;
  return match === null || Number.isNaN(seconds)
    ? undefined
    : [seconds, Number((match[2] ?? '').padEnd(9, '0'))];
}

function isLater([seconds, nanos]: HrTime, [otherSeconds, otherNanos]: HrTime): boolean {
  return seconds === otherSeconds ? nanos > otherNanos : seconds > otherSeconds;
}
