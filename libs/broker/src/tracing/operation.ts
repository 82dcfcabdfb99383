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
import { decided, keepsRoot } from './root-decision.ts';
import { isKept, traceparentOf, unkeptTrace } from './trace-context.ts';

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
 * the parent, or a random number where it has none; but a failure is kept all the same, as a span without a parent that
 * links to where it happened.
 */
export class Operation {
  readonly name: string;
  readonly #options: OperationOptions;
  readonly #parent: Context;
  readonly #startedMs: number;
  readonly #span: Span | undefined;
  #where: SpanContext | undefined;
  #context: Context | undefined;

  constructor(name: string, options: OperationOptions) {
    const parent = options.parent ?? contexts.active();
    const caller = trace.getSpanContext(parent);
    this.name = name;
    this.#options = options;
    this.#parent = parent;
    this.#startedMs = Date.now();
    const begins = caller === undefined || !isSpanContextValid(caller);
    if (!begins && !isKept(caller)) {
      this.#context = parent;
      this.#where = caller;
      return;
    }
    if (begins && !keepsRoot()) return;
    const links = (options.links ?? []).map((context) => ({ context }));
    const from = begins ? decided(parent) : parent;
    const span = tracer.startSpan(name, { kind: options.kind, links }, from);
    this.#where = span.spanContext();
    if (!span.isRecording()) return;
    this.#span = span;
    span.setAttributes(options.attributes());
  }

  /** In which what it causes happens. */
  get context(): Context {
    this.#context ??=
      this.#span === undefined
        ? trace.setSpanContext(this.#parent, this.#place)
        : trace.setSpan(this.#parent, this.#span);
    return this.#context;
  }

  /** Whether a span is made of it. */
  get recording(): boolean {
    return this.#span !== undefined;
  }

  /** What goes with what it causes, to other processes. */
  get traceparent(): string | undefined {
    return traceparentOf(this.#place);
  }

  /** The same, if somebody keeps the trace or a caller has said something about it. */
  get toldTraceparent(): string | undefined {
    return this.#where === undefined ? undefined : traceparentOf(this.#where);
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

  /** Of a trace that begins here and is not kept, one that says so, made when it is asked for. */
  get #place(): SpanContext {
    this.#where ??= unkeptTrace();
    return this.#where;
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
