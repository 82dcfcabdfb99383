import { SpanStatusCode, TraceFlags, type Attributes, type HrTime, type SpanKind } from '@opentelemetry/api';
import { hrTimeDuration } from '@opentelemetry/core';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';
import { SpanExport } from './span-export.ts';

/** A span that somebody else has timed, such as a server that tells what it did. */
export interface TimedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  /** Seconds and nanoseconds since the Unix epoch. */
  readonly start: HrTime;
  readonly end: HrTime;
  readonly attributes: Attributes;
  /** What went wrong, as a code; undefined if nothing did. */
  readonly error: string | undefined;
}

/** Sends spans of others on, in their names. Disposing of it sends what waits. */
export class TimedSpans implements AsyncDisposable {
  readonly #export: SpanExport;
  readonly #resources = new Map<string, Resource>();

  /** @param endpoint the collector's base URL. */
  constructor(endpoint: string, logger: Pick<Logger, 'info' | 'warn'>) {
    this.#export = new SpanExport(endpoint, logger);
  }

  /**
   * @param service whose span it is: `nats`.
   * @param instance which one of them: the server's name.
   */
  add(service: string, instance: string, span: TimedSpan): void {
    this.#export.onEnd(readable(span, this.#resourceOf(service, instance)));
  }

  /** Sends what waits; a collector that is gone is told in the log, and is no failure. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#export.shutdown().catch(() => undefined);
  }

  #resourceOf(service: string, instance: string): Resource {
    const key = `${service} ${instance}`;
    const known = this.#resources.get(key);
    if (known !== undefined) return known;
    const resource = resourceFromAttributes({ 'service.name': service, 'service.instance.id': instance });
    this.#resources.set(key, resource);
    return resource;
  }
}

function readable(span: TimedSpan, resource: Resource): ReadableSpan {
  const { name, kind, traceId, spanId, parentSpanId, start, end, attributes, error } = span;
  const context = { traceId, spanId, traceFlags: TraceFlags.SAMPLED };
  return {
    name,
    kind,
    spanContext: () => context,
    parentSpanContext: { traceId, spanId: parentSpanId, traceFlags: TraceFlags.SAMPLED, isRemote: true },
    startTime: start,
    endTime: end,
    duration: hrTimeDuration(start, end),
    status: { code: error === undefined ? SpanStatusCode.UNSET : SpanStatusCode.ERROR },
    attributes: error === undefined ? attributes : { ...attributes, 'error.type': error },
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: 'longspan' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}
