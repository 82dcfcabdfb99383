import type { Receipt } from '@longspan/broker';
import { formatPosition, isTraceparent, type CloudEvent } from '@longspan/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readEvents } from '../cloud-event/read-events.ts';
import type { ConcurrencyLimit } from '../http/concurrency-limit.ts';
import { userOfPath } from '../http/parameters.ts';
import { inRequestSpan } from '../http/request-span.ts';
import type { IngressParts } from '../ingress-parts.ts';

/**
 * `POST /v1/users/{user}/events`: answers after the commit (G5). Everything is checked before anything is published,
 * and a client that goes away does not stop its publish.
 */
export function publishRoute(
  app: FastifyInstance,
  { publisher, config }: IngressParts,
  concurrency: ConcurrencyLimit,
): void {
  const budgetMs = config.limits.publishBudgetMs;
  app.post('/v1/users/:user/events', (request, reply) =>
    concurrency.during(request, async () => {
      const user = userOfPath(request.params);
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const events = readEvents(request.raw, body);
      return inRequestSpan(request, reply, originOf(request, events), async (context) => ({
        events: (await publisher.publish(user, events, { budgetMs, context })).map(shown),
      }));
    }),
  );
}

function shown({ id, position, duplicate }: Receipt) {
  return { id, position: formatPosition(position), duplicate };
}

/**
 * The trace that a publish continues: the request's, else that of its one event. A header that is not a trace context
 * is ignored, as W3C asks.
 */
function originOf(request: FastifyRequest, events: readonly CloudEvent[]): string | undefined {
  const header = request.headers['traceparent'];
  if (typeof header === 'string' && isTraceparent(header)) return header;
  return events.length === 1 ? events[0]?.traceparent : undefined;
}
