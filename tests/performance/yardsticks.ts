import { once } from 'node:events';
import { median } from '@longspan/testkit';
import { jetstream, jetstreamManager, StorageType } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { WebSocket, WebSocketServer } from 'ws';

const STREAM = 'YARDSTICK';
const PAYLOAD = 'x'.repeat(250);
const IN_FLIGHT = 500;
const PUBLISHES = 6_000;
const ACKS = 200;
const CONNECTS = 30;

/** What this machine does without us, measured within the same moments: ratios to it can be compared across machines. */
export class Yardsticks implements AsyncDisposable {
  readonly #nc: NatsConnection;
  readonly #echo: WebSocketServer;

  private constructor(nc: NatsConnection, echo: WebSocketServer) {
    this.#nc = nc;
    this.#echo = echo;
  }

  /** A stream on the same server as the bridge's, and a WebSocket server that answers what it is sent. */
  static async start(natsUrls: readonly string[]): Promise<Yardsticks> {
    const nc = await connect({ servers: [...natsUrls] });
    const jsm = await jetstreamManager(nc);
    await jsm.streams.add({ name: STREAM, subjects: ['yardstick.>'], storage: StorageType.File });
    const echo = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    echo.on('connection', (socket) => socket.on('message', (data) => socket.send(data)));
    await once(echo, 'listening');
    return new Yardsticks(nc, echo);
  }

  /** Events that JetStream commits in a second when each is published by itself and many are under way. */
  async publishesPerSecond(): Promise<number> {
    const js = jetstream(this.#nc);
    const startedMs = performance.now();
    for (let sent = 0; sent < PUBLISHES; sent += IN_FLIGHT) {
      await Promise.all(Array.from({ length: IN_FLIGHT }, () => js.publish('yardstick.rate', PAYLOAD)));
    }
    return (PUBLISHES / (performance.now() - startedMs)) * 1_000;
  }

  /** Milliseconds from a publish to its acknowledgement, with nothing else under way. */
  async acknowledgementMs(): Promise<number> {
    const js = jetstream(this.#nc);
    return medianMs(ACKS, () => js.publish('yardstick.ack', PAYLOAD));
  }

  /** Milliseconds for a WebSocket to open and to bring back one message. */
  async webSocketMs(): Promise<number> {
    const address = this.#echo.address();
    if (address === null || typeof address === 'string') throw new Error('the echo server does not listen');
    return medianMs(CONNECTS, async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${address.port}`);
      await once(socket, 'open');
      socket.send(PAYLOAD);
      await once(socket, 'message');
      socket.close();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#echo.clients) socket.terminate();
    this.#echo.close();
    await this.#nc.close();
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
