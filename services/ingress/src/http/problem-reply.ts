import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { context as contexts } from '@opentelemetry/api';
import { BrokerError, type BrokerErrorCode } from '@longspan/broker';
import type { Logger } from '@longspan/telemetry';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import {
  Problem,
  PROBLEM_MEDIA_TYPE,
  problemBody,
  PROBLEMS,
  retryAfterS,
  type ProblemCode,
} from './problems.ts';
import { contextOfRequest } from './request-context.ts';

const OF_BROKER: Readonly<Record<BrokerErrorCode, ProblemCode>> = {
  disconnected: 'log_unavailable',
  timeout: 'log_unavailable',
  stale: 'log_unavailable',
  closed: 'log_unavailable',
  no_quorum: 'no_quorum',
  too_big: 'event_too_big',
  no_streams: 'log_unavailable',
  refused: 'log_refused',
  misconfigured: 'log_refused',
};

/** Errors of Fastify, and of Node while Fastify reads a body. */
const OF_FASTIFY: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_big',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'invalid_request',
  FST_ERR_BAD_URL: 'invalid_request',
  FST_ERR_MAX_PARAM_LENGTH: 'invalid_user',
  // The client went away before its body was there: nobody reads the answer, and it is no fault of the ingress.
  ECONNRESET: 'invalid_request',
};

const OF_NODE: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_big',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
};

/** The problem that an error amounts to; an error nobody foresaw is `internal` and tells the caller nothing. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof BrokerError)
    return new Problem(OF_BROKER[error.code], error.message, { cause: error });
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
    const code = OF_FASTIFY[error.code];
    if (code !== undefined) return new Problem(code, error.message, { cause: error });
  }
  return new Problem('internal', 'The fault has been logged.', { cause: error });
}

export function statusOf(code: ProblemCode): number {
  return PROBLEMS[code].status;
}

/** Writes a problem as the answer. */
export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { code, message } = problem;
  const wait = retryAfterS(code);
  if (wait !== undefined) void reply.header('retry-after', wait);
  if (code === 'unauthorized') void reply.header('www-authenticate', 'Bearer realm="longspan"');
  return reply
    .code(statusOf(code))
    .header('content-type', PROBLEM_MEDIA_TYPE)
    .send(Buffer.from(JSON.stringify(problemBody(code, message))));
}

/** The problem of a path that cannot be decoded: in it, the user id is the part that may hold anything. */
export function problemOfPath(error: unknown, url: string): Problem {
  const problem = problemOf(error);
  if (problem.code !== 'invalid_request' || !url.startsWith('/v1/users/')) return problem;
  return new Problem('invalid_user', 'The user id in the path is not percent-encoded UTF-8.');
}

/** Makes every error of a route, and every path without one, a problem. */
export function answerWithProblems(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error);
    // What the ingress itself refuses is no news; what went wrong inside or behind it is.
    if (statusOf(problem.code) >= 500 && problem.cause !== undefined) {
      const level = problem.code === 'internal' ? 'error' : 'warn';
      const fields = { route: routeOf(request), code: problem.code, err: problem.cause };
      contexts.with(contextOfRequest(request), () => logger[level](fields, 'ingress.request_failed'));
    }
    return sendProblem(reply, problem);
  });
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, new Problem('not_found', `There is no ${request.method} ${pathOf(request.url)}.`)),
  );
}

/** Answers what Node's HTTP parser refuses, before there is a request. */
export function answerUnparsable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const code = OF_NODE[error.code ?? ''] ?? 'invalid_request';
  const { status } = PROBLEMS[code];
  const body = JSON.stringify(problemBody(code, 'The request could not be read.'));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: ${PROBLEM_MEDIA_TYPE}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** The route's pattern: it names no user. */
export function routeOf(request: FastifyRequest): string {
  return `${request.method} ${request.routeOptions.url ?? '?'}`;
}

function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '';
}
