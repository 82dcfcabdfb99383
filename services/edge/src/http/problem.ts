import type { ServerResponse } from 'node:http';

/** What an edge's HTTP side refuses, after RFC 9457; `code` is stable. */
const PROBLEMS = {
  not_found: { status: 404, title: 'There is nothing at this path.' },
  method_not_allowed: { status: 405, title: 'This method is not allowed here.' },
  bad_position: { status: 400, title: 'Last-Event-ID or after is not a position, earliest or latest.' },
  unauthorized: { status: 401, title: 'The token is missing or not valid.' },
  forbidden_origin: { status: 403, title: 'Pages of this origin may not connect.' },
  too_many_sessions: { status: 429, title: 'The user has too many sessions on this edge.' },
  unavailable: { status: 503, title: 'The keys that tokens are checked with cannot be fetched.' },
  not_ready: { status: 503, title: 'This edge does not serve at the moment.' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

export function sendProblem(response: ServerResponse, code: ProblemCode): void {
  const { status, title } = PROBLEMS[code];
  response.writeHead(status, {
    'content-type': 'application/problem+json',
    ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    ...(status === 503 || status === 429 ? { 'retry-after': '1' } : {}),
  });
  response.end(JSON.stringify({ type: 'about:blank', title, status, code }));
}
