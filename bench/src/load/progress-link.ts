import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

const TELL_EVERY_MS = 5;
const COUNT_BYTES = 8;

/** Where readers tell the publisher how many events have arrived: the credit of a closed loop. */
export class ArrivalCounts implements AsyncDisposable {
  readonly port: number;
  readonly #owned: AsyncDisposableStack;
  readonly #counts: Map<Socket, number>;

  private constructor(port: number, counts: Map<Socket, number>, owned: AsyncDisposableStack) {
    this.port = port;
    this.#counts = counts;
    this.#owned = owned;
  }

  static async listen(): Promise<ArrivalCounts> {
    await using cleanup = new AsyncDisposableStack();
    const counts = new Map<Socket, number>();
    const server = createServer((socket) => {
      counts.set(socket, 0);
      socket.on('error', () => undefined);
      let rest: Buffer = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => {
        const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        const whole = bytes.length - (bytes.length % COUNT_BYTES);
        rest = bytes.subarray(whole);
        if (whole > 0) counts.set(socket, bytes.readDoubleLE(whole - COUNT_BYTES));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanup.defer(() => {
      for (const socket of counts.keys()) socket.destroy();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    return new ArrivalCounts(port, counts, cleanup.move());
  }

  /** Events that all readers have been given so far, together, a few milliseconds ago. */
  get total(): number {
    let total = 0;
    for (const count of this.#counts.values()) total += count;
    return total;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}

/** A reader's side: tells its count, whenever it has grown, until disposed of. */
export async function tellCount(port: number, count: () => number): Promise<Disposable> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  let told = 0;
  const timer = setInterval(() => {
    const current = count();
    if (current === told) return;
    told = current;
    const bytes = Buffer.allocUnsafe(COUNT_BYTES);
    bytes.writeDoubleLE(current);
    socket.write(bytes);
  }, TELL_EVERY_MS);
  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
      socket.destroy();
    },
  };
}
