import { readOtlpJson } from './otlp-json.ts';
import type { Span, TraceQuery } from './trace-query.ts';

const FOUND_MAX = 1_000;

/** Traces in a Jaeger, by its stable query API (`/api/v3`). */
export class JaegerTraces implements TraceQuery {
  readonly #url: string;

  /** @param url the query service's base URL, such as `http://127.0.0.1:16686`. */
  constructor(url: string) {
    this.#url = url;
  }

  async trace(traceId: string): Promise<readonly Span[] | undefined> {
    return this.#get(`/api/v3/traces/${traceId}`);
  }

  async named(service: string, name: string, sinceMs: number): Promise<readonly Span[]> {
    const query = new URLSearchParams({
      'query.service_name': service,
      'query.operation_name': name,
      'query.start_time_min': new Date(sinceMs).toISOString(),
      'query.start_time_max': new Date().toISOString(),
      // Newer versions call it search_depth, and understand this too.
      'query.num_traces': String(FOUND_MAX),
    });
    const spans = (await this.#get(`/api/v3/traces?${query}`)) ?? [];
    return spans.filter((span) => span.service === service && span.name === name);
  }

  async #get(path: string): Promise<readonly Span[] | undefined> {
    const answer = await fetch(new URL(path, this.#url));
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new Error(`Jaeger answered ${answer.status}: ${await answer.text()}`);
    const body: unknown = await answer.json();
    // Streamed answers come with an envelope.
    return readOtlpJson(typeof body === 'object' && body !== null && 'result' in body ? body.result : body);
  }
}
