import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** What an edge's HTTP side refuses, after RFC 9457; `code` is stable. */
export const PROBLEMS = {
  bad_request: { status: 400, title: 'The request is not acceptable HTTP.' },
  bad_upgrade: {
    status: 400,
    title: 'This is not an upgrade to a WebSocket of the subprotocol longspan.v1.',
  },
  bad_position: { status: 400, title: 'Last-Event-ID or after is not a position, earliest or latest.' },
  unauthorized: { status: 401, title: 'The token is missing or not valid.' },
  forbidden_origin: { status: 403, title: 'Pages of this origin may not connect.' },
  not_found: { status: 404, title: 'There is nothing at this path.' },
  method_not_allowed: { status: 405, title: 'This method is not allowed here.' },
  request_timeout: { status: 408, title: 'The request did not arrive in time.' },
  too_many_sessions: { status: 429, title: 'The user has too many sessions on this edge.' },
  headers_too_big: { status: 431, title: 'The headers are too big.' },
  unavailable: { status: 503, title: 'The keys that tokens are checked with cannot be fetched.' },
  not_ready: { status: 503, title: 'This edge does not serve at the moment.' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

export function sendProblem(response: ServerResponse, code: ProblemCode): void {
  response.writeHead(PROBLEMS[code].status, headersOf(code));
  response.end(bodyOf(code));
}

/** Writes a problem to a connection that is no request any more, or never was one, and lets go of it. */
export function closeWithProblem(socket: Duplex, code: ProblemCode): void {
  const { status } = PROBLEMS[code];
  const body = bodyOf(code);
  const headers = {
    ...headersOf(code),
    connection: 'close',
    'content-length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on('error', () => socket.destroy());
  // Who does not close its own side would hold the connection for as long as it likes.
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}

function headersOf(code: ProblemCode): Readonly<Record<string, string>> {
  const { status } = PROBLEMS[code];
  return {
    'content-type': 'application/problem+json',
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(status === 503 || status === 429 ? { 'retry-after': '1' } : {}),
    ...(code === 'bad_upgrade' ? { 'sec-websocket-version': '13' } : {}),
  };
}

function bodyOf(code: ProblemCode): string {
  const { status, title } = PROBLEMS[code];
  return JSON.stringify({ type: 'about:blank', title, status, code });
}
