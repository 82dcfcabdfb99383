import { createServer, connect, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** Which way the bytes flow, seen from the one who connected. */
export type Direction = 'up' | 'down';

/** Takes a piece of a connection's bytes and returns what is to be passed on now. */
export type ByteFilter = (bytes: Buffer) => Buffer;

interface Pair {
  readonly inner: Socket;
  readonly outer: Socket;
}

/**
 * A TCP relay between a client and a server, both on 127.0.0.1, whose link can be broken in the ways networks break:
 * `blackhole` (nothing passes, nobody is told, as when a cable is pulled), `reset` (every connection is torn down)
 * and `refuse` (new connections are reset at once). What a blackholed side has sent waits, as it would in TCP's
 * retransmission, and passes after `restore`.
 */
export class TcpRelay implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #targetPort: () => number;
  readonly #filter: (() => ByteFilter) | undefined;
  readonly #pairs = new Set<Pair>();
  readonly #blocked = new Set<Direction>();
  #refusing = false;

  private constructor(
    server: Server,
    port: number,
    targetPort: () => number,
    filter: (() => ByteFilter) | undefined,
  ) {
    this.#server = server;
    this.port = port;
    this.#targetPort = targetPort;
    this.#filter = filter;
    server.on('connection', (inner) => this.#accept(inner));
  }

  /**
   * @param targetPort where to pass connections on; asked anew for each.
   * @param filter makes, for each connection, what the bytes on their way down go through.
   */
  static async listen(targetPort: () => number, filter?: () => ByteFilter): Promise<TcpRelay> {
    const server = createServer();
    server.listen({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
    return new TcpRelay(server, address.port, targetPort, filter);
  }

  /** Connections that are open on both sides. */
  get connections(): number {
    return this.#pairs.size;
  }

  /** Lets nothing pass any more in these directions; connections stay open and new ones seem to open. */
  blackhole(...directions: readonly Direction[]): void {
    for (const direction of directions.length === 0 ? (['up', 'down'] as const) : directions)
      this.#blocked.add(direction);
    for (const pair of this.#pairs) this.#applyBlocks(pair);
  }

  /** Tears every connection down with a reset. */
  reset(): void {
    for (const { inner, outer } of this.#pairs) {
      inner.resetAndDestroy();
      outer.resetAndDestroy();
    }
  }

  /** Resets every connection, and each new one at once. */
  refuse(): void {
    this.#refusing = true;
    this.reset();
  }

  /** Ends every fault; bytes that were held pass. */
  restore(): void {
    this.#refusing = false;
    this.#blocked.clear();
    for (const pair of this.#pairs) this.#applyBlocks(pair);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.reset();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #accept(inner: Socket): void {
    if (this.#refusing) {
      inner.on('error', ignoreReset);
      inner.resetAndDestroy();
      return;
    }
    const outer = connect({ port: this.#targetPort(), host: '127.0.0.1' });
    const pair = { inner, outer };
    this.#pairs.add(pair);
    this.#forward(pair, 'up', (bytes) => bytes);
    this.#forward(pair, 'down', this.#filter?.() ?? ((bytes) => bytes));
    this.#applyBlocks(pair);
  }

  #forward(pair: Pair, direction: Direction, filter: ByteFilter): void {
    const [from, to] = direction === 'up' ? [pair.inner, pair.outer] : [pair.outer, pair.inner];
    from.setNoDelay(true);
    from.on('data', (bytes: Buffer) => {
      if (!to.write(filter(bytes))) from.pause();
    });
    to.on('drain', () => {
      if (!this.#blocked.has(direction)) from.resume();
    });
    from.on('end', () => to.end());
    from.on('error', ignoreReset);
    from.on('close', () => {
      this.#pairs.delete(pair);
      if (from.errored) to.resetAndDestroy();
      else to.destroySoon();
    });
  }

  #applyBlocks({ inner, outer }: Pair): void {
    if (this.#blocked.has('up')) inner.pause();
    else inner.resume();
    if (this.#blocked.has('down')) outer.pause();
    else outer.resume();
  }
}

/** A reset is what this relay is for; the other side is told by the 'close' handler. */
function ignoreReset(): void {}
