import {
  dumpStreams,
  audit,
  type Audit,
  type Bridge,
  type NatsCluster,
  type Published,
} from '@longspan/testkit';
import type { RawClient, Timings } from '@longspan/testkit';

const AT_ONCE = 64;
const EDGES = 3;

/**
 * Many clients on one edge, one a user, and what was published for them. They know two other edges, half of them in
 * the one order and half in the other, and come back as fast as a socket can: no library holds them back.
 */
export class Crowd implements AsyncDisposable {
  readonly clients: readonly RawClient[];
  readonly #nats: NatsCluster;
  readonly #bridge: Bridge;
  readonly #users: readonly string[];
  readonly #published: Published[] = [];
  readonly #owned: AsyncDisposableStack;

  private constructor(
    nats: NatsCluster,
    bridge: Bridge,
    users: readonly string[],
    clients: readonly RawClient[],
    owned: AsyncDisposableStack,
  ) {
    this.#nats = nats;
    this.#bridge = bridge;
    this.#users = users;
    this.clients = clients;
    this.#owned = owned;
  }

  /** Resolves when `size` clients have caught up on the first of three edges. */
  static async connect(nats: NatsCluster, bridge: Bridge, size: number, timings: Timings): Promise<Crowd> {
    await using owned = new AsyncDisposableStack();
    const users = Array.from({ length: size }, (_, n) => `storm-${n}`);
    const clients: RawClient[] = [];
    await inParallel(users, async (user, n) => {
      const others = n % 2 === 0 ? [1, 2] : [2, 1];
      const endpoints = [0, ...others].map((edge) => bridge.edge(edge % EDGES).endpoint);
      const client = owned.use(await bridge.rawClient(user, { endpoints, ...timings }));
      clients.push(await client.connect());
    });
    return new Crowd(nats, bridge, users, clients, owned.move());
  }

  /** Publishes so many events for each user; resolves when all are committed. */
  async publish(eventsEach: number): Promise<void> {
    await inParallel(this.#users, async (user) => {
      const ids = Array.from({ length: eventsEach }, () => crypto.randomUUID());
      await this.#bridge.publish(
        user,
        ids.map((id) => ({ type: 'note', id, source: '/storm', data: {} })),
      );
      this.#published.push(
        ...ids.map((id) => ({ publisher: user, user, id, outcome: 'acknowledged' }) as const),
      );
    });
  }

  /** Resolves when every client has so many events. */
  async have(eventsEach: number): Promise<void> {
    await Promise.all(
      this.clients.map((client) => client.until('has everything', () => client.seen.length >= eventsEach)),
    );
  }

  /** Resolves when every client has lost its edge and has caught up on another one. */
  async resumed(withinMs: number): Promise<void> {
    await Promise.all(
      this.clients.map((client) =>
        client.until('has resumed', () => client.closes.length > 0 && client.caughtUp, withinMs),
      ),
    );
  }

  async audit(): Promise<Audit> {
    const committed = await dumpStreams(this.#nats.urls);
    return audit({
      published: this.#published,
      committed,
      clients: this.clients.map(({ log }) => log),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}

async function inParallel<T>(
  items: readonly T[],
  work: (item: T, n: number) => Promise<void>,
): Promise<void> {
  const queue = items.entries();
  const worker = async () => {
    for (const [n, item] of queue) await work(item, n);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
