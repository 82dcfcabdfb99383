import { SUBPROTOCOL } from '@longspan/protocol';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Connections } from '../connection/connections.ts';
import { originAllowed } from '../connection/origins.ts';
import { WebSocketConnection, type ConnectionParts } from '../connection/websocket-connection.ts';
import { bearerToken } from './bearer-token.ts';

export interface AcceptorOptions {
  readonly origins: readonly string[] | undefined;
  readonly connections: Connections;
  readonly parts: ConnectionParts;
  readonly isAccepting: () => boolean;
}

/** Turns upgrade requests for `/v1/ws` into connections, or refuses them with an HTTP status. */
export class WebSocketAcceptor {
  readonly #options: AcceptorOptions;
  readonly #server: WebSocketServer;
  readonly #unauthenticated = new Set<string>();

  constructor(options: AcceptorOptions) {
    this.#options = options;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.parts.limits.frameBytesMax,
      handleProtocols: () => SUBPROTOCOL,
    });
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = this.#refusal(request);
    if (refusal !== undefined) return refuse(socket, refusal);
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      const { connections, parts } = this.#options;
      const id = `${parts.edge}.${randomBytes(9).toString('base64url')}`;
      this.#unauthenticated.add(id);
      const arrival = {
        id,
        token: bearerToken(request),
        onSettled: () => void this.#unauthenticated.delete(id),
      };
      const connection = new WebSocketConnection(webSocket, arrival, parts);
      connections.add(connection);
      webSocket.on('close', () => connections.remove(connection));
    });
  }

  #refusal(request: IncomingMessage): string | undefined {
    const { isAccepting, origins, parts } = this.#options;
    const { pathname } = new URL(request.url ?? '/', 'http://edge');
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim());
    if (pathname !== '/v1/ws') return '404 Not Found';
    if (!isAccepting()) return '503 Service Unavailable';
    if (!originAllowed(request.headers.origin, origins)) return '403 Forbidden';
    if (!offered.includes(SUBPROTOCOL)) return '400 Bad Request';
    return this.#unauthenticated.size >= parts.limits.unauthenticatedMax
      ? '503 Service Unavailable'
      : undefined;
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
