/** A span as a test looks at it, wherever it was asked for. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined for a root. */
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly kind: SpanKindName;
  readonly service: string;
  readonly instance: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly links: readonly SpanLink[];
  /** Milliseconds since the Unix epoch, with fractions. */
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
}

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
}

export type SpanKindName = 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER';

/** Where traces end up and can be asked for. */
export interface TraceQuery {
  /** The spans of a trace that have arrived so far; undefined if none has. */
  trace(traceId: string): Promise<readonly Span[] | undefined>;
  /** The spans of that name that a service has sent since `sinceMs`, of whatever trace. */
  named(service: string, name: string, sinceMs: number): Promise<readonly Span[]>;
}
