import { SpanKind, type Attributes, type Context, type Span } from '@opentelemetry/api';
import { formatPosition, isSampled, type CloudEvent } from '@longspan/protocol';
import type { Receipt } from '../port/publisher.ts';
import { errorType, Operation, tracer } from './operation.ts';
import { spanContextOf, traceparentOf } from './trace-context.ts';

const TEMPLATE = 'ev.{shard}.{user}';

/** What every span about an event's message says. */
export const EVENT_MESSAGE = {
  'messaging.system': 'nats',
  'messaging.destination.template': TEMPLATE,
} as const;

/** The span of one publish call, with one more for each event if there are several. */
export class PublishSpans {
  readonly #send: Operation;
  readonly #creates: readonly Span[];
  /** For each event, its creation: what goes into its message's header. */
  readonly traceparents: readonly (string | undefined)[];

  constructor(events: readonly CloudEvent[], parent: Context | undefined) {
    const [only] = events.length === 1 ? events : [];
    this.#send = new Operation(`send ${TEMPLATE}`, {
      kind: SpanKind.PRODUCER,
      ...(parent === undefined ? {} : { parent }),
      links: linksOf(only),
      attributes: () => ({
        ...EVENT_MESSAGE,
        'messaging.operation.name': 'send',
        'messaging.operation.type': 'send',
        'messaging.batch.message_count': events.length,
        ...attributesOf(only),
      }),
    });
    this.#creates =
      this.#send.recording && only === undefined ? events.map((event) => this.#create(event)) : [];
    this.traceparents = events.map((_, i) => {
      const create = this.#creates[i];
      return create === undefined ? this.#send.toldTraceparent : traceparentOf(create.spanContext());
    });
  }

  /** All are committed. A server tells nothing of the commit of an atomic batch: the events' own spans last until then. */
  end(receipts: readonly Receipt[]): void {
    const [only] = this.#creates.length === 0 ? receipts : [];
    if (only !== undefined && this.#send.recording) this.#send.set(committedAt(only));
    for (const [i, create] of this.#creates.entries()) {
      const receipt = receipts[i];
      if (receipt !== undefined) create.setAttributes(committedAt(receipt));
      create.end();
    }
    this.#send.end();
  }

  fail(error: unknown): void {
    for (const create of this.#creates) create.end();
    this.#send.fail(errorType(error));
  }

  #create(event: CloudEvent): Span {
    const span = tracer.startSpan(
      `create ${TEMPLATE}`,
      {
        kind: SpanKind.PRODUCER,
        links: linksOf(event).map((context) => ({ context })),
        attributes: {
          ...EVENT_MESSAGE,
          'messaging.operation.name': 'create',
          'messaging.operation.type': 'create',
          ...attributesOf(event),
        },
      },
      this.#send.context,
    );
    this.#send.link(span.spanContext());
    return span;
  }
}

/**
 * The event as it is stored: one that does not say where it comes from says its creation, if that is kept, so that
 * readers can tell and join in.
 */
export function withOrigin(event: CloudEvent, traceparent: string | undefined): CloudEvent {
  if (traceparent === undefined || event.traceparent !== undefined || !isSampled(traceparent)) return event;
  return { ...event, traceparent };
}

function committedAt({ position, duplicate }: Receipt): Attributes {
  return { 'longspan.position': formatPosition(position), 'longspan.duplicate': duplicate };
}

/** Where an event says that it comes from. */
function linksOf(event: CloudEvent | undefined) {
  const origin = spanContextOf(event?.traceparent);
  return origin === undefined ? [] : [origin];
}

function attributesOf(event: CloudEvent | undefined): Attributes {
  if (event === undefined) return {};
  const { id, type, source } = event;
  return {
    'cloudevents.event_id': id,
    'cloudevents.event_type': type,
    'cloudevents.event_source': source,
  };
}
