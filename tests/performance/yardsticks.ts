import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { median, Signal } from '@longspan/testkit';
import { jetstream, jetstreamManager, StorageType, type JetStreamClient } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { WebSocket } from 'ws';
import { PUBLISHED, type RelayData } from './yardstick-names.ts';

const RELAY_WITHIN_MS = 10_000;
const ARRIVED_WITHIN_MS = 30_000;
const PAYLOAD = 'x'.repeat(250);
const USERS = 30;
const IN_FLIGHT = 500;
const PUBLISHES = 6_000;
const ONE_BY_ONE = 200;
const CONNECTS = 30;

/**
 * What this machine does without us, measured within the same moments: a relay from JetStream to WebSockets that
 * promises nothing. Ratios to it can be compared across machines.
 */
export class Yardsticks implements AsyncDisposable {
  readonly #js: JetStreamClient;
  readonly #url: string;
  readonly #owned: AsyncDisposableStack;
  readonly #arrived = new Signal();
  readonly #sockets: WebSocket[] = [];
  #missing = 0;

  private constructor(nc: NatsConnection, relayPort: number, owned: AsyncDisposableStack) {
    this.#js = jetstream(nc);
    this.#url = `ws://127.0.0.1:${relayPort}`;
    this.#owned = owned;
  }

  /** A stream on the same server as the bridge's, and a relay from it. */
  static async start(natsUrls: readonly string[]): Promise<Yardsticks> {
    await using cleanup = new AsyncDisposableStack();
    const nc = cleanup.adopt(await connect({ servers: [...natsUrls] }), (connection) => connection.close());
    const jsm = await jetstreamManager(nc);
    await jsm.streams.add({
      name: 'YARDSTICK',
      subjects: [`${PUBLISHED}>`],
      storage: StorageType.File,
      allow_direct: true,
      republish: { src: '>', dest: 'relayed.>' },
    });
    const workerData: RelayData = { natsUrls };
    const relay = new Worker(new URL('bare-relay.ts', import.meta.url), { workerData });
    cleanup.defer(async () => void (await relay.terminate()));
    const [address] = await once(relay, 'message', { signal: AbortSignal.timeout(RELAY_WITHIN_MS) });
    const yardsticks = new Yardsticks(nc, (address as AddressInfo).port, cleanup.move());
    await yardsticks.#listen();
    return yardsticks;
  }

  /** Events a second, from the first publish to the last arrival, when many publishes are under way. */
  async eventsPerSecond(): Promise<number> {
    const startedMs = performance.now();
    const arrived = this.#arrival(PUBLISHES);
    for (let sent = 0; sent < PUBLISHES; sent += IN_FLIGHT) {
      await Promise.all(Array.from({ length: IN_FLIGHT }, (_, i) => this.#publish((sent + i) % USERS)));
    }
    await arrived;
    return (PUBLISHES / (performance.now() - startedMs)) * 1_000;
  }

  /** Milliseconds from a publish to its arrival at the socket, at the median, with nothing else under way. */
  async deliveryMs(): Promise<number> {
    return medianMs(ONE_BY_ONE, async () => {
      const arrived = this.#arrival(1);
      await this.#publish(0);
      await arrived;
    });
  }

  /** Milliseconds for a WebSocket to open and to bring back one message, at the median. */
  async webSocketMs(): Promise<number> {
    return medianMs(CONNECTS, async () => {
      const socket = new WebSocket(`${this.#url}/nobody`);
      await once(socket, 'open');
      socket.send(PAYLOAD);
      await once(socket, 'message');
      socket.close();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.terminate();
    await this.#owned.disposeAsync();
  }

  async #listen(): Promise<void> {
    for (let user = 0; user < USERS; user += 1) {
      const socket = new WebSocket(`${this.#url}/${user}`);
      socket.on('message', () => {
        this.#missing -= 1;
        if (this.#missing === 0) this.#arrived.notify();
      });
      await once(socket, 'open');
      this.#sockets.push(socket);
    }
  }

  /** Resolves when so many events have arrived. */
  #arrival(count: number): Promise<void> {
    this.#missing = count;
    return this.#arrived.until(`${count} events arrive`, () => this.#missing <= 0, ARRIVED_WITHIN_MS);
  }

  #publish(user: number): Promise<unknown> {
    return this.#js.publish(`${PUBLISHED}${user}`, PAYLOAD);
  }
}

async function medianMs(times: number, work: () => Promise<unknown>): Promise<number> {
  const durations: number[] = [];
  for (let i = 0; i < times; i += 1) {
    const startedMs = performance.now();
    await work();
    durations.push(performance.now() - startedMs);
  }
  return median(durations);
}
