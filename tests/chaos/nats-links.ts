import { bothWays, FaultProxy, type Drop, type NatsCluster } from '@longspan/testkit';

const NEAR = { latencyMs: 5, jitterMs: 5 };
/** A silent link is noticed after up to eight seconds. */
const PERIOD_MS = 20_000;
const DROPS: readonly Drop[] = ['reset', 'end', 'silence'];

/** The links between each service and each NATS node, good ones until they are worsened. */
export class NatsLinks implements AsyncDisposable {
  readonly #links: ReadonlyMap<string, readonly FaultProxy[]>;

  private constructor(links: ReadonlyMap<string, readonly FaultProxy[]>) {
    this.#links = links;
  }

  static async open(nats: NatsCluster, services: readonly string[]): Promise<NatsLinks> {
    const links = new Map<string, FaultProxy[]>();
    for (const service of services) {
      const ports = nats.urls.map((url) => Number(new URL(url).port));
      links.set(service, await Promise.all(ports.map((port) => FaultProxy.listen(() => port))));
    }
    return new NatsLinks(links);
  }

  /** The NATS servers as a service knows them. */
  readonly urlsOf = (service: string): readonly string[] =>
    (this.#links.get(service) ?? []).map(({ port }) => `nats://127.0.0.1:${port}`);

  get connections(): number {
    return this.#all().reduce((sum, { accepted }) => sum + accepted, 0);
  }

  /** From now on this share of the links is dropped every 20 s, and all take some milliseconds. */
  worsen(share: number): void {
    const disconnects = { everyMs: PERIOD_MS, share, drops: DROPS };
    for (const link of this.#all()) link.impair({ ...bothWays(NEAR), disconnects });
  }

  /** All links are good again, also those that have gone silent. */
  mend(): void {
    for (const link of this.#all()) {
      link.impair({});
      link.reset();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#all().map((link) => link[Symbol.asyncDispose]()));
  }

  #all(): readonly FaultProxy[] {
    return [...this.#links.values()].flat();
  }
}
