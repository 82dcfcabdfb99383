import { ROOT_CONTEXT, SpanKind, trace, type SpanContext } from '@opentelemetry/api';
import { tracer } from '@longspan/broker';
import { RECEIVED_EVENTS_MAX, type Seq } from '@longspan/protocol';

interface Delivered {
  readonly span: SpanContext;
  readonly leftMs: number;
}

/**
 * The last deliveries of a session whose traces are kept, for a client that reports when its application had them. One
 * that is not remembered any more, or was reported before, is not looked at: what a client makes of it is bounded by
 * what it was sent.
 */
export class ReceivedReports {
  readonly #delivered = new Map<Seq, Delivered>();

  expect(seq: Seq, span: SpanContext): void {
    this.#delivered.set(seq, { span, leftMs: Date.now() });
    if (this.#delivered.size <= RECEIVED_EVENTS_MAX) return;
    const [oldest] = this.#delivered.keys();
    if (oldest !== undefined) this.#delivered.delete(oldest);
  }

  /** @param handledMs how long the application took, in milliseconds, as the client says. */
  take(seq: Seq, handledMs: number): void {
    const delivered = this.#delivered.get(seq);
    if (delivered === undefined) return;
    this.#delivered.delete(seq);
    const { span, leftMs } = delivered;
    const attributes = { 'messaging.system': 'nats', 'longspan.client.callback_ms': handledMs };
    const parent = trace.setSpanContext(ROOT_CONTEXT, span);
    tracer.startSpan('receive', { kind: SpanKind.CONSUMER, startTime: leftMs, attributes }, parent).end();
  }
}
