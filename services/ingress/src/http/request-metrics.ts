import { metrics } from '@opentelemetry/api';
import type { FastifyInstance } from 'fastify';
import { EVENT_STREAM } from './event-stream.ts';
import { routeTemplate } from './route-template.ts';

/** From a health check to a publish whose budget is used up, in seconds. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 15];
/** A client may write any method; the others are `_OTHER`, by OpenTelemetry's convention. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']);

/** Measures every request that is answered. How long a stream of events lasted says nothing about the ingress. */
export function measureRequests(app: FastifyInstance): void {
  const duration = metrics.getMeter('longspan').createHistogram('http.server.request.duration', {
    description: 'Duration of HTTP server requests.',
    unit: 's',
    advice: { explicitBucketBoundaries: SECONDS },
  });
  app.addHook('onResponse', async (request, reply) => {
    if (reply.getHeader('content-type') === EVENT_STREAM) return;
    duration.record(reply.elapsedTime / 1_000, {
      'http.request.method': METHODS.has(request.method) ? request.method : '_OTHER',
      'http.route': routeTemplate(request),
      'http.response.status_code': reply.statusCode,
    });
  });
}
