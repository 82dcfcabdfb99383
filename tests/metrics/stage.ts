import {
  startBridge,
  startNats,
  type Bridge,
  type NatsCluster,
  type Scrape,
  type Service,
} from '@longspan/testkit';

/** So many events of a user are kept: few, so that some can expire. */
export const KEPT = 60;
export const SENDS_PER_SECOND = 2;
/** Longer than an attempt, so that there is a second one. */
const PUBLISH_BUDGET_MS = 2_500;

/** The services, each with a port for its metrics, and what they count. */
export class Stage implements AsyncDisposable {
  readonly nats: NatsCluster;
  readonly bridge: Bridge;
  readonly #owned: AsyncDisposableStack;

  private constructor(nats: NatsCluster, bridge: Bridge, owned: AsyncDisposableStack) {
    this.nats = nats;
    this.bridge = bridge;
    this.#owned = owned;
  }

  static async set(): Promise<Stage> {
    await using cleanup = new AsyncDisposableStack();
    const nats = cleanup.use(await startNats({ nodes: 1, backend: 'processes' }));
    const env = {
      LONGSPAN_EVENTS_PER_USER: String(KEPT),
      LONGSPAN_OUTBOX_BYTES_MAX: String(512 * 1024),
      LONGSPAN_SENDS_PER_SECOND_MAX: String(SENDS_PER_SECOND),
      LONGSPAN_SYNC_INTERVAL_MS: '200',
      LONGSPAN_PUBLISH_BUDGET_MS: String(PUBLISH_BUDGET_MS),
    };
    const bridge = cleanup.use(
      await startBridge({ nats, edges: 2, agents: 1, relayNats: true, metrics: true, env }),
    );
    return new Stage(nats, bridge, cleanup.move());
  }

  get edges(): readonly Service[] {
    return this.bridge.edges.map(({ service }) => service);
  }

  get ingress(): readonly Service[] {
    return [this.bridge.service('ingress-0')];
  }

  get agent(): readonly Service[] {
    return [this.bridge.service('agent-0')];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}

export type Labels = Readonly<Record<string, string>>;

/** The values of some services, added up. */
export async function valuesOf(
  services: readonly Service[],
): Promise<(name: string, labels?: Labels) => number> {
  const scrapes: readonly Scrape[] = await Promise.all(services.map((service) => service.scrape()));
  return (name, labels) => scrapes.reduce((sum, scrape) => sum + (scrape.value(name, labels) ?? 0), 0);
}

/** By how much the services' values have changed since this call. */
export async function changesOf(
  services: readonly Service[],
): Promise<(name: string, labels?: Labels) => Promise<number>> {
  const before = await valuesOf(services);
  return async (name, labels) => (await valuesOf(services))(name, labels) - before(name, labels);
}
