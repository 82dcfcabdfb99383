import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { OwnedProcess, readyOrGone } from '../child-process.ts';
import { eventually } from '../eventually.ts';
import { freePort } from '../net/free-port.ts';
import { spanKindOf } from './span-kind.ts';
import type { Span, TraceQuery } from './trace-query.ts';

const PROGRAM = fileURLToPath(new URL('cli.js', import.meta.resolve('autotel-devtools')));
const FOUND_MAX = 1_000;

const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.string(),
  startTime: z.number(),
  endTime: z.number(),
  attributes: z.record(z.string(), z.unknown()).default({}),
  status: z.object({ code: z.string() }),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })).default([]),
});
const found = z.object({ traces: z.array(z.object({ spans: z.array(span) })) });

/** A real OTLP receiver as a process of its own, which keeps traces in memory and can be asked for them. */
export class TraceReceiver implements TraceQuery, AsyncDisposable {
  /** What `OTEL_EXPORTER_OTLP_ENDPOINT` takes; the same over restarts. */
  readonly endpoint: string;
  readonly #ports: readonly [http: number, grpc: number];
  #process: OwnedProcess | undefined;

  static async start(): Promise<TraceReceiver> {
    const receiver = new TraceReceiver(await freePort(), await freePort());
    await receiver.start();
    return receiver;
  }

  private constructor(http: number, grpc: number) {
    this.endpoint = `http://127.0.0.1:${http}`;
    this.#ports = [http, grpc];
  }

  /** Starts it again, with nothing in it. */
  async start(): Promise<void> {
    const [http, grpc] = this.#ports;
    const child = new OwnedProcess({
      command: process.execPath,
      args: [PROGRAM, '--port', String(http), '--grpc-port', String(grpc), '--host', '127.0.0.1'],
      env: { PATH: process.env['PATH'] ?? '' },
    });
    this.#process = child;
    const ready = eventually('the trace receiver answers', async () => (await this.#fetch('/healthz')).ok);
    await readyOrGone('the trace receiver', child, ready);
  }

  /** Kills it; what it held is gone. */
  async kill(): Promise<void> {
    await this.#process?.end('SIGKILL');
  }

  async trace(traceId: string): Promise<readonly Span[] | undefined> {
    const spans = await this.#query(`trace_id = ${traceId}`);
    return spans.length === 0 ? undefined : spans.filter((one) => one.traceId === traceId);
  }

  async named(service: string, name: string, sinceMs: number): Promise<readonly Span[]> {
    const spans = await this.#query(`name = ${JSON.stringify(name)}`);
    return spans.filter((one) => one.service === service && one.name === name && one.startMs >= sinceMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #query(query: string): Promise<readonly Span[]> {
    const answer = await this.#fetch('/api/query/traces', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, limit: FOUND_MAX }),
    });
    if (!answer.ok) throw new Error(`the trace receiver answered ${answer.status}: ${await answer.text()}`);
    return found.parse(await answer.json()).traces.flatMap(({ spans }) => spans.map(spanOf));
  }

  #fetch(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(new URL(path, this.endpoint), init);
  }
}

function spanOf({ parentSpanId, kind, startTime, endTime, status, ...rest }: z.output<typeof span>): Span {
  return {
    ...rest,
    parentSpanId,
    kind: spanKindOf(kind),
    service: String(rest.attributes['service.name'] ?? ''),
    instance: String(rest.attributes['service.instance.id'] ?? ''),
    startMs: startTime,
    endMs: endTime,
    failed: status.code === 'ERROR',
  };
}
