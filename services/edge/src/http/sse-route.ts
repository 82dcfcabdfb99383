import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connections } from '../connection/connections.ts';
import { SseConnection } from '../connection/sse-connection.ts';
import { parseStart } from '../connection/start-position.ts';
import type { ConnectionParts } from '../connection/websocket-connection.ts';
import { bearerToken } from './bearer-token.ts';
import { sendProblem, type ProblemCode } from './problem.ts';
import { requestUrl } from './request-url.ts';

interface SseRoute {
  readonly parts: ConnectionParts;
  readonly connections: Connections;
  readonly isReady: () => boolean;
}

/** `GET /v1/events`: a session as Server-Sent Events. */
export async function serveEvents(
  request: IncomingMessage,
  response: ServerResponse,
  { parts, connections, isReady }: SseRoute,
): Promise<void> {
  const refuse = (code: ProblemCode): void => {
    parts.metrics.sessions.refused(code);
    sendProblem(response, code);
  };
  if (!isReady()) return refuse('not_ready');
  // An EventSource that comes back sends the header, and its URL still says where it began at first.
  const header = request.headers['last-event-id'];
  const after = requestUrl(request)?.searchParams.get('after');
  const asked = typeof header === 'string' && header !== '' ? header : after;
  const start = parseStart(asked ?? undefined);
  if (start === undefined) return refuse('bad_position');
  const token = bearerToken(request);
  if (token === undefined) return refuse('unauthorized');
  const verdict = await parts.tokens.verify(token);
  if (!verdict.ok) return refuse(verdict.reason);
  const { user } = verdict.identity;
  if (parts.hub.countOf(user) >= parts.limits.sessionsPerUserMax) {
    return refuse('too_many_sessions');
  }
  if (response.destroyed) return;
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // Proxies that buffer would hold events back.
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  const id = `${parts.edge}.${randomBytes(9).toString('base64url')}`;
  const connection = new SseConnection(response, id, verdict.identity, start, parts);
  connections.add(connection);
  response.on('close', () => connections.remove(connection));
}
