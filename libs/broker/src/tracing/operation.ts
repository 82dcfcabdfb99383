import {
  context as contexts,
  isSpanContextValid,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
  type SpanKind,
} from '@opentelemetry/api';
import { isKept, traceparentOf } from './trace-context.ts';

/** With it, a span is kept whatever the ratio (`libs/telemetry`, sampler). */
export const KEPT = { 'longspan.kept': true } as const;

export const tracer = trace.getTracer('longspan');

export interface OperationOptions {
  readonly kind: SpanKind;
  /** In which it happens; the active one by default. */
  readonly parent?: Context;
  readonly links?: readonly SpanContext[];
  /** Asked only if there is a span to carry them. */
  readonly attributes: () => Attributes;
}

/**
 * Something that is done, succeeds or fails, and is a span where its trace is kept. Where it is not, it costs a look at
 * the parent; but a failure is kept all the same, as a span without a parent that links to where it happened.
 */
export class Operation {
  readonly name: string;
  /** In which what it causes happens. */
  readonly context: Context;
  readonly #options: OperationOptions;
  readonly #startedMs: number;
  readonly #span: Span | undefined;
  readonly #where: SpanContext | undefined;

  constructor(name: string, options: OperationOptions) {
    const parent = options.parent ?? contexts.active();
    const caller = trace.getSpanContext(parent);
    this.name = name;
    this.#options = options;
    this.#startedMs = Date.now();
    if (caller !== undefined && isSpanContextValid(caller) && !isKept(caller)) {
      this.context = parent;
      this.#where = caller;
      return;
    }
    const links = (options.links ?? []).map((context) => ({ context }));
    const span = tracer.startSpan(name, { kind: options.kind, links }, parent);
    this.context = trace.setSpan(parent, span);
    this.#where = span.spanContext();
    if (!span.isRecording()) return;
    this.#span = span;
    span.setAttributes(options.attributes());
  }

  /** Whether a span is made of it. */
  get recording(): boolean {
    return this.#span !== undefined;
  }

  /** What goes with what it causes, to other processes. */
  get traceparent(): string | undefined {
    return traceparentOf(this.#where);
  }

  set(attributes: Attributes): void {
    this.#span?.setAttributes(attributes);
  }

  link(context: SpanContext): void {
    this.#span?.addLink({ context });
  }

  end(): void {
    this.#span?.end();
  }

  /** @param type what went wrong: a code, never a message. */
  fail(type: string, attributes: Attributes = {}): void {
    const span = this.#span ?? this.#keepFailure();
    span.setAttributes({ ...attributes, 'error.type': type });
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.end();
  }

  #keepFailure(): Span {
    const { kind, attributes } = this.#options;
    const links = this.#where === undefined ? [] : [{ context: this.#where }];
    return tracer.startSpan(this.name, {
      kind,
      root: true,
      links,
      startTime: this.#startedMs,
      attributes: { ...attributes(), ...KEPT },
    });
  }
}

/** What a failure is called in a span. */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
