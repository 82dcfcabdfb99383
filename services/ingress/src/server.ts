import cors from '@fastify/cors';
import serveStatic from '@fastify/static';
import fastify, { type FastifyInstance } from 'fastify';
import { BearerAuth } from './http/bearer-auth.ts';
import { ConcurrencyLimit } from './http/concurrency-limit.ts';
import { isOriginAllowed } from './http/origins.ts';
import { refuseOtherMethods } from './http/other-methods.ts';
import {
  answerUnparsable,
  answerWithProblems,
  problemOfPath,
  routeOf,
  sendProblem,
} from './http/problem-reply.ts';
import { measureRequests } from './http/request-metrics.ts';
import type { IngressParts } from './ingress-parts.ts';
import type { Readiness } from './readiness.ts';
import { developmentRoutes } from './routes/development.ts';
import { healthRoutes } from './routes/health.ts';
import { FRESH_HEADER, historyRoute } from './routes/history.ts';
import { openApiRoute } from './routes/open-api.ts';
import { operationsRoute } from './routes/operations.ts';
import { publishRoute } from './routes/publish.ts';
import { sessionsRoute } from './routes/sessions.ts';

/** A request, body included, has to arrive within this time, in milliseconds. */
const REQUEST_WITHIN_MS = 30_000;
const CONNECTIONS_CHECKED_EVERY_MS = 5_000;
/** Longer than any header may be, so that every user id that is too long is told so. */
const PARAM_CHARS_MAX = 16 * 1024;

/** The HTTP server of the ingress, not listening yet. */
export async function createServer(parts: IngressParts, readiness: Readiness): Promise<FastifyInstance> {
  const { config, logger } = parts;
  const app = fastify({
    logger: false,
    bodyLimit: config.limits.bodyBytes,
    requestTimeout: REQUEST_WITHIN_MS,
    http: {
      connectionsCheckingInterval: CONNECTIONS_CHECKED_EVERY_MS,
      // Node takes the longer of the two times for the body: its default for the headers would be that.
      headersTimeout: REQUEST_WITHIN_MS,
      // The host says nothing to the ingress; Node would refuse a request without it by itself, with an empty answer.
      requireHostHeader: false,
    },
    routerOptions: { maxParamLength: PARAM_CHARS_MAX },
    // Requests on connections that are still open while it closes are served, and told to come back elsewhere.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => void sendProblem(reply, problemOfPath(error, request.url)),
    clientErrorHandler: answerUnparsable,
  });
  answerWithProblems(app, logger);
  measureRequests(app);
  // There is no expectation that the ingress could not meet.
  app.server.on('checkExpectation', (request, response) => app.routing(request, response));
  // Clients that keep their connections learn with the next answer that this one ends.
  app.addHook('onSend', async (_request, reply) => {
    if (readiness.draining) void reply.header('connection', 'close');
  });
  app.addHook('onResponse', async (request, reply) => {
    logger.debug(
      { route: routeOf(request), status: reply.statusCode, ms: reply.elapsedTime },
      'ingress.request',
    );
  });
  // Bodies stay bytes: what they are is decided by `readEvents`.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

  await app.register(cors, {
    origin: (origin, done) => done(null, origin !== undefined && isOriginAllowed(origin, config.origins)),
    methods: ['GET', 'POST', 'DELETE'],
    exposedHeaders: ['Retry-After', FRESH_HEADER],
    maxAge: 600,
    strictPreflight: false,
  });
  const refuse = refuseOtherMethods(app);
  healthRoutes(app, readiness);
  openApiRoute(app);
  if (config.development !== undefined) {
    developmentRoutes(app, config.development, config.publishTokens[0] ?? '');
  }
  if (config.development !== undefined || config.operationsTokens !== undefined) {
    await app.register(async (v1) => operationsRoute(v1, parts));
  }
  await app.register(async (v1) => publisherRoutes(v1, parts));
  refuse();
  if (config.consoleDir !== undefined) await app.register(serveStatic, { root: config.consoleDir });
  return app;
}

/** What publishers use: with a bearer token only, and a bounded number of requests at a time. */
function publisherRoutes(app: FastifyInstance, parts: IngressParts): void {
  const auth = new BearerAuth(parts.config.publishTokens, 'a publisher');
  const concurrency = new ConcurrencyLimit(parts.config.limits.concurrentRequests);
  app.addHook('onRequest', (request, _reply, next) => {
    auth.check(request.headers);
    next();
  });
  concurrency.guard(app);
  publishRoute(app, parts, concurrency);
  historyRoute(app, parts);
  sessionsRoute(app, parts);
}
