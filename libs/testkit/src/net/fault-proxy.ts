import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Random } from '../random.ts';
import type { Drop, Impairment } from './impairment.ts';
import type { ByteFilter } from './lane.ts';
import { ProxiedConnection, type Direction } from './proxied-connection.ts';

const DEFAULT_SEED = 1;

export interface FaultProxyOptions {
  /** Makes, for each connection, what the bytes on their way down go through. */
  readonly filter?: () => ByteFilter;
  /** What the network does from the beginning; nothing by default. */
  readonly impairment?: Impairment;
  /** Where chance comes from: jitter, loss, corruption and disconnects. The same seed gives the same decisions. */
  readonly random?: Random;
}

/**
 * A TCP proxy between a client and a server, both on 127.0.0.1, that does what networks do.
 *
 * Two things are set apart. The *impairment* is the weather: latency, bandwidth, loss, corruption, disconnects, for as
 * long as it is set (`impair`). *Faults* are events: `blackhole` (nothing passes, nobody is told, as when a cable is
 * pulled; one direction makes it half-open), `drop`, `refuse`, `strand`; `restore` ends those that last. What a
 * blackholed side has sent waits, as it would in TCP's retransmission, and passes after `restore`.
 */
export class FaultProxy implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #targetPort: () => number;
  readonly #filter: (() => ByteFilter) | undefined;
  readonly #random: Random;
  readonly #open = new Set<ProxiedConnection>();
  readonly #blocked = new Set<Direction>();
  #impairment: Impairment;
  #isRefusing = false;
  #accepted = 0;
  #corruptedBytesOfGone = 0;

  private constructor(server: Server, port: number, targetPort: () => number, options: FaultProxyOptions) {
    this.#server = server;
    this.port = port;
    this.#targetPort = targetPort;
    this.#filter = options.filter;
    this.#impairment = options.impairment ?? {};
    this.#random = options.random ?? new Random(DEFAULT_SEED);
    server.on('connection', (inner) => this.#accept(inner));
  }

  /** @param targetPort where to pass connections on; asked anew for each. */
  static async listen(targetPort: () => number, options: FaultProxyOptions = {}): Promise<FaultProxy> {
    // Half-open is a state that real connections have: an end in one direction is passed on as that.
    const server = createServer({ allowHalfOpen: true });
    server.listen({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
    return new FaultProxy(server, address.port, targetPort, options);
  }

  /** Connections that are open now, dark ones among them. */
  get connections(): number {
    return this.#open.size;
  }

  /** Connections that were accepted so far. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Bytes that were changed on their way so far. */
  get corruptedBytes(): number {
    let open = 0;
    for (const connection of this.#open) open += connection.corruptedBytes;
    return this.#corruptedBytesOfGone + open;
  }

  /** From now on the network does this, and only this, also to the bytes of open connections. `{}` is a perfect one. */
  impair(impairment: Impairment): void {
    this.#impairment = impairment;
    for (const connection of this.#open) connection.renewed();
  }

  /** Lets nothing pass any more in these directions; connections stay open and new ones seem to open. */
  blackhole(...directions: readonly Direction[]): void {
    for (const direction of directions.length === 0 ? (['up', 'down'] as const) : directions)
      this.#blocked.add(direction);
    this.#applyBlocks();
  }

  /** Drops every connection that is open now. */
  drop(how: Drop): void {
    for (const connection of this.#open) connection.drop(how);
  }

  /** Tears every connection down with a reset. */
  reset(): void {
    this.drop('reset');
  }

  /** Resets every connection, and each new one at once. */
  refuse(): void {
    this.#isRefusing = true;
    this.reset();
  }

  /** The connections of now go dark for good, as when a device has got another address; new ones pass. */
  strand(): void {
    this.drop('silence');
  }

  /** Ends `blackhole` and `refuse`; bytes that were held pass. The impairment stays, and so do stranded connections. */
  restore(): void {
    this.#isRefusing = false;
    this.#blocked.clear();
    this.#applyBlocks();
  }

  /** Resets everything and resolves when the port is free. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isRefusing = true;
    this.reset();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #accept(inner: Socket): void {
    if (this.#isRefusing) {
      inner.on('error', () => undefined);
      inner.resetAndDestroy();
      return;
    }
    this.#accepted += 1;
    const connection = new ProxiedConnection({
      inner,
      outer: connect({ port: this.#targetPort(), host: '127.0.0.1', allowHalfOpen: true }),
      random: new Random(this.#random.below(2 ** 31)),
      filter: this.#filter?.(),
      impairment: () => this.#impairment,
      onGone: () => {
        if (this.#open.delete(connection)) this.#corruptedBytesOfGone += connection.corruptedBytes;
      },
    });
    this.#open.add(connection);
    connection.block(this.#blocked);
  }

  #applyBlocks(): void {
    for (const connection of this.#open) connection.block(this.#blocked);
  }
}
