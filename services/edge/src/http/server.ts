import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Connections } from '../connection/connections.ts';
import { originAllowed } from '../connection/origins.ts';
import type { ConnectionParts } from '../connection/websocket-connection.ts';
import { closeWithProblem, sendProblem, type ProblemCode } from './problem.ts';
import { requestUrl } from './request-url.ts';
import { serveEvents } from './sse-route.ts';
import { WebSocketAcceptor } from './websocket-acceptor.ts';

/** A request, which has no body, arrives within this time, or is answered `request_timeout`. */
const REQUEST_WITHIN_MS = 10_000;
const HTTP_OPTIONS = {
  headersTimeout: REQUEST_WITHIN_MS,
  requestTimeout: REQUEST_WITHIN_MS,
  connectionsCheckingInterval: 1_000,
  // The host says nothing to an edge, and a request without it is answered all the same.
  requireHostHeader: false,
} as const;

const OF_NODE: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_big',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly origins: readonly string[] | undefined;
  /** Development mode only: `POST /dev/kill` ends the process as a crash would. */
  readonly killable: boolean;
  readonly parts: ConnectionParts;
  readonly connections: Connections;
  /** Whether newcomers can be served: the log is connected and the process does not drain. Others answer them sooner. */
  readonly isReady: () => boolean;
}

/** The edge's HTTP side: two health checks, the SSE route, and the upgrade to WebSocket. */
export class EdgeServer {
  readonly #options: ServerOptions;
  readonly #http: Server;

  constructor(options: ServerOptions) {
    this.#options = options;
    const { origins, connections, parts, isReady } = options;
    const acceptor = new WebSocketAcceptor({ origins, connections, parts, isAccepting: isReady });
    this.#http = createServer(HTTP_OPTIONS, (request, response) => this.#serve(request, response));
    // There is no expectation that an edge could not meet.
    this.#http.on('checkExpectation', (request, response) => this.#serve(request, response));
    this.#http.on('clientError', answerUnparsable);
    this.#http.on('upgrade', (request, socket, head) => acceptor.upgrade(request, socket, head));
  }

  /** Resolves to the port that it listens on. */
  async listen(): Promise<number> {
    const { host, port } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(port, host, () => {
        this.#http.off('error', reject);
        resolve();
      });
    });
    return (this.#http.address() as AddressInfo).port;
  }

  /** Takes no new connections; those that are there stay. */
  stopAccepting(): void {
    this.#http.close();
    this.#http.closeIdleConnections();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const url = requestUrl(request);
    if (url === undefined) return sendProblem(response, 'bad_request');
    const { pathname } = url;
    const { origins, isReady, killable, parts, connections } = this.#options;
    const { origin } = request.headers;
    if (!originAllowed(origin, origins)) return sendProblem(response, 'forbidden_origin');
    if (origin !== undefined) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('vary', 'origin');
    }
    if (request.method === 'OPTIONS') return preflight(response);
    const route = `${request.method} ${pathname}`;
    switch (route) {
      case 'GET /healthz':
        return sendStatus(response, 200, 'alive');
      case 'GET /readyz':
        return isReady() ? sendStatus(response, 200, 'ready') : sendProblem(response, 'not_ready');
      case 'GET /v1/events':
        return void serveEvents(request, response, { parts, connections, isReady });
      case 'POST /dev/kill':
        if (!killable) return sendProblem(response, 'not_found');
        response.once('finish', () => process.kill(process.pid, 'SIGKILL'));
        return sendStatus(response, 202, 'dying');
      default:
        return sendProblem(response, isKnownPath(pathname) ? 'method_not_allowed' : 'not_found');
    }
  }
}

/** Answers what Node's HTTP parser refuses, before there is a request. */
function answerUnparsable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  closeWithProblem(socket, OF_NODE[error.code ?? ''] ?? 'bad_request');
}

function isKnownPath(pathname: string): boolean {
  return ['/healthz', '/readyz', '/v1/events'].includes(pathname);
}

function preflight(response: ServerResponse): void {
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'authorization, last-event-id',
    'access-control-max-age': '600',
  });
  response.end();
}

function sendStatus(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ status: text }));
}
