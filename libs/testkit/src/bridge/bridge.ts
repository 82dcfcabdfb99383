import type { ClientOptions } from '@longspan/client';
import type { MessageLoss } from '../net/message-loss.ts';
import type { FaultProxy } from '../net/fault-proxy.ts';
import { RawClient, type RawClientOptions } from '../raw-client.ts';
import type { Timings } from '../stopwatch.ts';
import type { IngressApi } from './ingress-api.ts';
import { RecordedClient } from './recorded-client.ts';
import type { Service } from './service.ts';
import { signToken } from './tokens.ts';

export const PUBLISH_TOKEN = 'test-publish-token';
const LOG_LINES_SHOWN = 60;

export interface Edge {
  readonly name: string;
  /** Its base url, `http://127.0.0.1:<port>`; the same across restarts. */
  readonly url: string;
  /** Where WebSockets connect. */
  readonly endpoint: string;
  readonly service: Service;
  /** The link to NATS, where the bridge was started with `relayNats`. */
  readonly natsLink: FaultProxy | undefined;
  /** Loses messages on that link. */
  readonly natsLoss: MessageLoss;
}

interface Parts {
  readonly edges: readonly Edge[];
  readonly ingress: IngressApi;
  readonly ingressNatsLink: FaultProxy | undefined;
  readonly services: readonly Service[];
  /** Where clients connect; to the edges themselves by default. */
  readonly clientUrls?: readonly string[];
}

/** A running system: the real services as processes, over real NATS. */
export class Bridge implements AsyncDisposable {
  readonly edges: readonly Edge[];
  readonly ingress: IngressApi;
  /** The ingress' link to NATS, where the bridge was started with `relayNats`. */
  readonly ingressNatsLink: FaultProxy | undefined;
  readonly publishToken = PUBLISH_TOKEN;
  readonly #parts: Parts;
  readonly #clientUrls: readonly string[];
  readonly #services: readonly Service[];
  readonly #owned: AsyncDisposableStack;

  constructor(parts: Parts, owned: AsyncDisposableStack) {
    const { edges, ingress, ingressNatsLink, services, clientUrls = edges.map(({ url }) => url) } = parts;
    this.#parts = parts;
    this.#clientUrls = clientUrls;
    this.edges = edges;
    this.ingress = ingress;
    this.ingressNatsLink = ingressNatsLink;
    this.#services = services;
    this.#owned = owned;
  }

  /** The edge of this number; throws if there is none. */
  edge(index: number): Edge {
    const edge = this.edges[index];
    if (!edge) throw new RangeError(`no edge ${index} among ${this.edges.length}`);
    return edge;
  }

  /** The process of this name, such as `ingress-0`; throws if there is none. */
  service(name: string): Service {
    const service = this.#services.find((candidate) => candidate.name === name);
    if (!service) throw new RangeError(`no service ${name}`);
    return service;
  }

  /** The same system for clients that connect elsewhere than at the edges: at a balancer, by base urls. It owns nothing. */
  through(clientUrls: readonly string[]): Bridge {
    return new Bridge({ ...this.#parts, clientUrls }, new AsyncDisposableStack());
  }

  /**
   * Replaces every edge as a deploy does, one after the other: it drains, goes and comes back. Rejects if one does not end
   * by itself.
   * @param whileAway awaited while each edge is away.
   */
  async rollEdges(whileAway: (edge: Edge) => Promise<void>): Promise<void> {
    for (const edge of this.edges) {
      const how = await edge.service.drain();
      if (how !== 0) throw new Error(`${edge.name} did not drain, it ended with ${how}`);
      await whileAway(edge);
      await edge.service.start();
    }
  }

  /** A user's token, as a back end would issue it. */
  token(user: string, expires?: string | Date): Promise<string> {
    return signToken(user, expires);
  }

  /** Publishes by the ingress; the form that `SteadyLoad` takes. */
  readonly publish = async (
    user: string,
    events: Parameters<IngressApi['publish']>[1],
    signal?: AbortSignal,
  ): Promise<void> => {
    await this.ingress.publish(user, events, signal);
  };

  /**
   * A protocol-only client of all edges, not connected yet.
   * @param options.startAt the edge that it tries first.
   */
  async rawClient(
    user: string,
    options: Partial<RawClientOptions> & { readonly startAt?: number } = {},
  ): Promise<RawClient> {
    const { startAt = 0, ...rest } = options;
    const first = startAt % this.#clientUrls.length;
    const urls = [...this.#clientUrls.slice(first), ...this.#clientUrls.slice(0, first)];
    const endpoints = urls.map((url) => `${url.replace('http', 'ws')}/v1/ws`);
    return new RawClient({ endpoints, user, token: await this.token(user), ...rest });
  }

  /**
   * A client of all edges by the client library, connecting, from the earliest event on unless told otherwise.
   * @param options.label its name in the audit's log.
   */
  client(
    user: string,
    options: Partial<ClientOptions> & Timings & { readonly label?: string } = {},
  ): RecordedClient {
    const { label = `app-${user}`, latency, reconnect, startAt = 0, ...rest } = options;
    const clientOptions: ClientOptions = {
      urls: this.#clientUrls,
      token: () => this.token(user),
      from: 'earliest',
      startAt: startAt % this.#clientUrls.length,
      ...rest,
    };
    return new RecordedClient(user, label, clientOptions, { latency, reconnect });
  }

  /** The last lines that each process has logged, for people who look into a failed test. */
  logTail(): string {
    return this.#services
      .map(({ name, log }) => `--- ${name}\n${log.trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n')}`)
      .join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}
