import { once } from 'node:events';
import { connect } from 'node:net';
import { createServer } from 'node:tls';
import { WebSocket } from 'ws';

/** A key of the test kit, used nowhere else: with a shared key TLS needs no certificates, which tests would have to make. */
const KEY = Buffer.from('6c6f6e677370616e2074657374206b65', 'hex');
const TLS_OPTIONS = { ciphers: 'PSK-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' } as const;

/** Ends TLS before a server that speaks none, as a load balancer does. What was changed on the way ends the connection. */
export class TlsTerminator implements AsyncDisposable {
  readonly port: number;
  readonly #close: () => Promise<void>;

  private constructor(port: number, close: () => Promise<void>) {
    this.port = port;
    this.#close = close;
  }

  /** @param targetPort the server's port on 127.0.0.1. */
  static async listen(targetPort: number): Promise<TlsTerminator> {
    const sockets = new Set<{ destroy(): unknown }>();
    const server = createServer({ ...TLS_OPTIONS, pskCallback: () => KEY }, (inner) => {
      const outer = connect({ port: targetPort, host: '127.0.0.1' });
      for (const [from, to] of [
        [inner, outer],
        [outer, inner],
      ] as const) {
        sockets.add(from);
        from.setNoDelay(true);
        from.on('error', () => undefined);
        from.on('close', () => {
          sockets.delete(from);
          to.destroySoon();
        });
        from.pipe(to);
      }
    });
    // Sockets that have not finished their handshake are the server's own.
    server.on('connection', (raw) => {
      sockets.add(raw);
      raw.on('close', () => sockets.delete(raw));
    });
    server.on('tlsClientError', () => undefined);
    server.listen({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('a TLS server without a port');
    return new TlsTerminator(address.port, async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

/** `ws` hands these on to `tls.connect`. */
const CLIENT_OPTIONS = {
  ...TLS_OPTIONS,
  pskCallback: () => ({ psk: KEY, identity: 'test' }),
  // Whoever knows the key is the server; to Node, anything but an error means yes.
  checkServerIdentity: () => false,
};

/** A WebSocket whose `wss` connections a `TlsTerminator` understands, for the client library's option of that name. */
export class TlsWebSocket extends WebSocket {
  constructor(url: string, protocol: string) {
    super(url, protocol, CLIENT_OPTIONS);
  }
}
