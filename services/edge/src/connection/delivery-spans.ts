import { ROOT_CONTEXT, SpanKind, SpanStatusCode, type Span, type SpanContext } from '@opentelemetry/api';
import { contextOf, EVENT_MESSAGE, KEPT, spanContextOf, tracer } from '@longspan/broker';
import type { DeliveryWay, Entry } from '@longspan/delivery';
import { formatPosition, type Epoch, type GapReason, type Position, type Seq } from '@longspan/protocol';
import type { Transport } from '../metrics/session-metrics.ts';
import { ReceivedReports } from './received-reports.ts';

/** Called when the socket has taken what was handed to it, or has failed to. */
export type OnTaken = (error?: Error | null) => void;

/**
 * The spans of what one session is sent. An event that is delivered live is a child of its creation; a frame of replayed
 * ones is a trace of its own that links to where they came from: what happens hours later must not reopen a trace.
 */
export class DeliverySpans {
  readonly #session: string;
  readonly #transport: Transport;
  #epoch: Epoch | undefined;
  #reports: ReceivedReports | undefined;

  constructor(session: string, transport: Transport) {
    this.#session = session;
    this.#transport = transport;
  }

  /** The session goes on in this epoch. */
  enter({ epoch }: Position): void {
    this.#epoch = epoch;
  }

  /** From now on it is remembered what the client may report. */
  expectReports(): void {
    this.#reports ??= new ReceivedReports();
  }

  get takesReports(): boolean {
    return this.#reports !== undefined;
  }

  /** @see ReceivedReports.take */
  received(seq: number, handledMs: number): void {
    this.#reports?.take(seq as Seq, handledMs);
  }

  /** These entries leave for the socket. Undefined, mostly, where no trace of theirs is kept. */
  leaving(entries: readonly Entry[], how: DeliveryWay): OnTaken | undefined {
    if (!entries.some(({ trace }) => trace !== undefined)) return undefined;
    const spans = how === 'live' ? this.#deliver(entries) : [this.#replay(entries)];
    return (error) => {
      for (const span of spans) {
        if (error) span.setAttribute('error.type', 'gone').setStatus({ code: SpanStatusCode.ERROR });
        span.end();
      }
    };
  }

  /** A gap is always worth a trace. */
  gap(from: Position, to: Position, reason: GapReason): void {
    this.enter(to);
    const attributes = {
      ...this.#about(),
      ...KEPT,
      'messaging.system': 'nats',
      'longspan.gap.reason': reason,
      'longspan.gap.from': formatPosition(from),
      'longspan.gap.to': formatPosition(to),
    };
    tracer.startSpan('gap', { kind: SpanKind.CONSUMER, root: true, attributes }).end();
  }

  #about() {
    return { 'longspan.session': this.#session, 'longspan.transport': this.#transport };
  }

  #deliver(entries: readonly Entry[]): Span[] {
    return entries.flatMap(({ seq, trace }) => {
      const creation = spanContextOf(trace);
      if (creation === undefined) return [];
      const span = tracer.startSpan(
        `deliver ${EVENT_MESSAGE['messaging.destination.template']}`,
        {
          kind: SpanKind.CONSUMER,
          links: [{ context: creation }],
          attributes: {
            ...this.#about(),
            ...EVENT_MESSAGE,
            'messaging.operation.name': 'deliver',
            'longspan.position': `${this.#epoch}-${seq}`,
            'longspan.replayed': false,
          },
        },
        contextOf(trace, ROOT_CONTEXT),
      );
      if (!span.isRecording()) return [];
      this.#reports?.expect(seq, span.spanContext());
      return [span];
    });
  }

  #replay(entries: readonly Entry[]): Span {
    const links = entries.flatMap(({ trace }): { context: SpanContext }[] => {
      const creation = spanContextOf(trace);
      return creation === undefined ? [] : [{ context: creation }];
    });
    return tracer.startSpan(`replay ${EVENT_MESSAGE['messaging.destination.template']}`, {
      kind: SpanKind.CONSUMER,
      root: true,
      links,
      attributes: {
        ...this.#about(),
        ...EVENT_MESSAGE,
        ...KEPT,
        'messaging.operation.name': 'replay',
        'messaging.batch.message_count': entries.length,
        'longspan.position': `${this.#epoch}-${entries.at(-1)?.seq}`,
        'longspan.replayed': true,
      },
    });
  }
}
