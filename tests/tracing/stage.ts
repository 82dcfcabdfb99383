import { randomBytes } from 'node:crypto';
import { connect } from '@nats-io/transport-node';
import {
  eventually,
  startBridge,
  startNats,
  TraceReceiver,
  TRACED,
  type Bridge,
  type NatsCluster,
  type Span,
} from '@longspan/testkit';

/** The ingress, the agent and the edges know this node only, and the streams are led elsewhere: so there are hops. */
const HOME = 0;
/** The hop tracer's node, which is never killed. */
const WATCHED_FROM = 2;
const STREAMS = ['LONGSPAN_EVENTS_0', 'LONGSPAN_COMMANDS'];
const ANSWER_WITHIN_MS = 5_000;

/** Where a test begins: a client's own span, which is sent to nobody. */
export interface Caller {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceparent: string;
}

/** The traces that tests have asked for. */
const asked = new Set<string>();

export function newCaller(flags: '00' | '01' = '01'): Caller {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  if (flags === '01') asked.add(traceId);
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-${flags}` };
}

/**
 * Three NATS servers that tell hops, two edges, an ingress, an agent, a hop tracer, and a receiver for their spans. No
 * trace is kept unless its caller says so.
 */
export class TracedSystem implements AsyncDisposable {
  readonly nats: NatsCluster;
  readonly bridge: Bridge;
  readonly receiver: TraceReceiver;
  readonly startedMs = Date.now();
  readonly asked: ReadonlySet<string> = asked;
  readonly #owned: AsyncDisposableStack;

  static async start(): Promise<TracedSystem> {
    await using owned = new AsyncDisposableStack();
    const [receiver, nats] = await Promise.all([
      TraceReceiver.start(),
      startNats({ nodes: 3, backend: 'processes', ...TRACED }),
    ]);
    owned.use(receiver);
    owned.use(nats);
    const bridge = owned.use(
      await startBridge({
        nats,
        agents: 1,
        traces: receiver,
        natsUrlsOf: (service) => {
          const node = service.startsWith('hop-tracer') ? WATCHED_FROM : HOME;
          return nats.urls.slice(node, node + 1);
        },
        env: { LONGSPAN_TRACE_RATIO: '0', LONGSPAN_LOG_LEVEL: 'debug' },
      }),
    );
    for (const stream of STREAMS) await leadElsewhere(nats, stream);
    return new TracedSystem(nats, bridge, receiver, owned.move());
  }

  private constructor(
    nats: NatsCluster,
    bridge: Bridge,
    receiver: TraceReceiver,
    owned: AsyncDisposableStack,
  ) {
    this.nats = nats;
    this.bridge = bridge;
    this.receiver = receiver;
    this.#owned = owned;
  }

  /** What a service has logged. */
  linesOf(service: string): readonly Readonly<Record<string, unknown>>[] {
    const lines = this.bridge
      .service(service)
      .log.split('\n')
      .filter((line) => line.startsWith('{'));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** The spans of this name that a service has made, once there are those that are looked for. */
  spansOf(
    service: string,
    name: string,
    complete: (spans: readonly Span[]) => boolean,
  ): Promise<readonly Span[]> {
    return eventually(`spans called ${name}`, async () => {
      const spans = await this.receiver.named(service, name, this.startedMs);
      return complete(spans) ? spans : undefined;
    });
  }

  /** Publishes by the ingress; `body` is a CloudEvent or a plain one in JSON, or a batch of CloudEvents. */
  async publish(user: string, body: object, traceparent?: string): Promise<void> {
    const form = Array.isArray(body)
      ? 'cloudevents-batch+json'
      : 'specversion' in body
        ? 'cloudevents+json'
        : 'json';
    const answer = await this.bridge.ingress.request(`/v1/users/${user}/events`, {
      method: 'POST',
      headers: {
        'content-type': `application/${form}`,
        ...(traceparent === undefined ? {} : { traceparent }),
      },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  }

  /** The spans of a caller's trace, once there are so many of each name. Spans come when they have ended, in any order. */
  async traceOf(caller: Caller, wanted: Readonly<Record<string, number>>): Promise<Trace> {
    let last: readonly Span[] = [];
    try {
      return await eventually('the trace is complete', async () => {
        last = (await this.receiver.trace(caller.traceId)) ?? [];
        const trace = new Trace(last);
        return Object.entries(wanted).every(([name, count]) => trace.count(name) >= count)
          ? trace
          : undefined;
      });
    } catch (cause) {
      throw new Error(`the trace is not complete:\n${new Trace(last).toString()}`, { cause });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}

/** The spans of one trace, to be looked up and followed. */
export class Trace {
  readonly spans: readonly Span[];

  constructor(spans: readonly Span[]) {
    this.spans = spans;
  }

  all(name: string): readonly Span[] {
    return this.spans.filter((span) => span.name === name);
  }

  readonly count = (name: string): number => this.all(name).length;

  /** The spans above one, from the first of the trace that is there. */
  wayTo(span: Span): readonly Span[] {
    const parent = this.spans.find(({ spanId }) => spanId === span.parentSpanId);
    return parent === undefined ? [] : [...this.wayTo(parent), parent];
  }

  /** The only span of this name; throws if it is not the only one. */
  only(name: string): Span {
    const [span, ...more] = this.all(name);
    if (span === undefined || more.length > 0) {
      throw new Error(`${more.length + (span ? 1 : 0)} spans are called ${name}:\n${this.toString()}`);
    }
    return span;
  }

  childrenOf(parent: { readonly spanId: string }): readonly Span[] {
    return this.spans.filter(({ parentSpanId }) => parentSpanId === parent.spanId);
  }

  /** What happened below a span, by names, each below its parent and indented; siblings by name. */
  outline(from: { readonly spanId: string }, indent = ''): readonly string[] {
    const children = this.childrenOf(from).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    return children.flatMap((span) => [`${indent}${span.name}`, ...this.outline(span, `${indent}  `)]);
  }

  toString(): string {
    return this.spans
      .map(
        ({ service, instance, name, spanId, parentSpanId }) =>
          `${service}/${instance} ${name} ${spanId} <- ${parentSpanId}`,
      )
      .join('\n');
  }
}

/** Moves a stream's leader to a node that no publisher is connected to. */
async function leadElsewhere(nats: NatsCluster, stream: string): Promise<void> {
  const connection = await connect({ servers: [...nats.urls], ignoreClusterUpdates: true });
  try {
    const request = JSON.stringify({ placement: { preferred: 'n1' } });
    await eventually(`another node leads ${stream}`, async () => {
      if ((await nats.leaderOf(stream)) === 1) return true;
      await connection.request(`$JS.API.STREAM.LEADER.STEPDOWN.${stream}`, request, {
        timeout: ANSWER_WITHIN_MS,
      });
      return (await nats.waitForLeader(stream)) === 1;
    });
  } finally {
    await connection.close();
  }
}
