import { SUBPROTOCOL } from '@longspan/protocol';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Connections } from '../connection/connections.ts';
import { originAllowed } from '../connection/origins.ts';
import {
  WebSocketConnection,
  type ConnectionParts,
  type Reception,
} from '../connection/websocket-connection.ts';
import { bearerToken } from './bearer-token.ts';
import { closeWithProblem, type ProblemCode } from './problem.ts';
import { requestUrl } from './request-url.ts';

export interface AcceptorOptions {
  readonly origins: readonly string[] | undefined;
  readonly connections: Connections;
  readonly parts: ConnectionParts;
  readonly isAccepting: () => boolean;
}

/** Turns upgrade requests for `/v1/ws` into connections, or refuses them with a problem. */
export class WebSocketAcceptor {
  readonly #options: AcceptorOptions;
  readonly #server: WebSocketServer;
  readonly #unauthenticated = new Set<string>();
  readonly #reception: Reception = {
    settled: ({ id }) => void this.#unauthenticated.delete(id),
    gone: (connection) => this.#options.connections.remove(connection),
  };

  constructor(options: AcceptorOptions) {
    this.#options = options;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.parts.limits.frameBytesMax,
      handleProtocols: () => SUBPROTOCOL,
    });
    this.#server.on('wsClientError', (_error, socket) => this.#refuse(socket, 'bad_upgrade'));
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refusal = this.#refusal(request);
    if (refusal !== undefined) return this.#refuse(socket, refusal);
    this.#server.handleUpgrade(request, socket, head, (webSocket) =>
      this.#take(webSocket, bearerToken(request)),
    );
  }

  /** Here nothing refers to the request: what a connection holds on to would keep it for as long as the connection lives. */
  #take(webSocket: WebSocket, token: string | undefined): void {
    const { connections, parts } = this.#options;
    const id = `${parts.edge}.${randomBytes(9).toString('base64url')}`;
    this.#unauthenticated.add(id);
    connections.add(new WebSocketConnection(webSocket, { id, token, reception: this.#reception }, parts));
  }

  #refuse(socket: Duplex, code: ProblemCode): void {
    this.#options.parts.metrics.sessions.refused(code);
    closeWithProblem(socket, code);
  }

  #refusal(request: IncomingMessage): ProblemCode | undefined {
    const { isAccepting, origins, parts } = this.#options;
    const url = requestUrl(request);
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim());
    if (url === undefined) return 'bad_request';
    if (url.pathname !== '/v1/ws') return 'not_found';
    if (!isAccepting()) return 'not_ready';
    if (!originAllowed(request.headers.origin, origins)) return 'forbidden_origin';
    if (!offered.includes(SUBPROTOCOL)) return 'bad_upgrade';
    return this.#unauthenticated.size >= parts.limits.unauthenticatedMax ? 'not_ready' : undefined;
  }
}
