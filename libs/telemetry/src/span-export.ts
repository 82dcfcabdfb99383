import { TraceFlags } from '@opentelemetry/api';
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import type { Logger } from 'pino';

/** Spans that may wait for the collector: a second of the most that a process makes, some 30 MB. */
const WAITING_MAX = 20_000;
const BATCH_SPANS = 512;
/** How old a span grows before it is sent, in milliseconds. */
const DELAY_MS = 1_000;
/** A batch that has not been taken by then, retries included, is lost. */
const BATCH_WITHIN_MS = 5_000;
const TELL_EVERY_MS = 10_000;

/**
 * Sends finished spans to an OTLP collector over HTTP, in batches. A collector that is slow or gone costs spans and
 * nothing else: what waits is bounded, what is lost is counted, and the log has one line when it begins to fail and one
 * when it works again.
 */
export class SpanExport implements SpanProcessor {
  readonly #batches: SpanProcessor;
  readonly #logger: Pick<Logger, 'info' | 'warn'>;
  #waiting = 0;
  #lost = 0;
  #failing = false;
  #toldMs = Number.NEGATIVE_INFINITY;

  /** @param endpoint the collector's base URL, such as `http://jaeger:4318`. */
  constructor(endpoint: string, logger: Pick<Logger, 'info' | 'warn'>) {
    this.#logger = logger;
    const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
    const collector = new OTLPTraceExporter({ url, timeoutMillis: BATCH_WITHIN_MS });
    this.#batches = new BatchSpanProcessor({
      exporter: this.#watched(collector),
      maxQueueSize: WAITING_MAX,
      maxExportBatchSize: BATCH_SPANS,
      scheduledDelayMillis: DELAY_MS,
      exportTimeoutMillis: 2 * BATCH_WITHIN_MS,
    });
  }

  onStart(): void {
    // A span matters here when it ends.
  }

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
    if (this.#waiting >= WAITING_MAX) {
      this.#lost++;
      return;
    }
    this.#waiting++;
    this.#batches.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#batches.forceFlush();
  }

  /** Sends what waits; a collector that is gone holds it up for some seconds. */
  shutdown(): Promise<void> {
    return this.#batches.shutdown();
  }

  #watched(exporter: SpanExporter): SpanExporter {
    return {
      export: (spans, done) => {
        this.#waiting -= spans.length;
        exporter.export(spans, (result) => {
          this.#onResult(spans.length, result);
          done(result);
        });
      },
      shutdown: () => exporter.shutdown(),
    };
  }

  #onResult(spans: number, { code, error }: ExportResult): void {
    if (code !== ExportResultCode.SUCCESS) {
      this.#lost += spans;
      if (!this.#failing) this.#logger.warn({ err: error }, 'telemetry.export_failing');
      this.#failing = true;
      return;
    }
    if (this.#failing) this.#logger.info({ spansLost: this.#takeLost() }, 'telemetry.export_works');
    this.#failing = false;
    if (this.#lost === 0 || performance.now() - this.#toldMs < TELL_EVERY_MS) return;
    this.#toldMs = performance.now();
    this.#logger.warn({ spansLost: this.#takeLost() }, 'telemetry.spans_lost');
  }

  #takeLost(): number {
    const lost = this.#lost;
    this.#lost = 0;
    return lost;
  }
}
