import type { Receipt } from '@longspan/broker';
import { formatPosition } from '@longspan/protocol';
import type { FastifyInstance } from 'fastify';
import { readEvents } from '../cloud-event/read-events.ts';
import { isTraceParent } from '../cloud-event/trace-parent.ts';
import type { ConcurrencyLimit } from '../http/concurrency-limit.ts';
import { userOfPath } from '../http/parameters.ts';
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
  app.post('/v1/users/:user/events', (request) =>
    concurrency.during(request, async () => {
      const user = userOfPath(request.params);
      const traceparent = traceParentOf(request.headers['traceparent']);
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const events = readEvents(request.raw, body, traceparent);
      const options = { budgetMs, ...(traceparent === undefined ? {} : { traceparent }) };
      return { events: (await publisher.publish(user, events, options)).map(shown) };
    }),
  );
}

function shown({ id, position, duplicate }: Receipt) {
  return { id, position: formatPosition(position), duplicate };
}

/** A header that is not a trace context is ignored, as W3C asks. */
function traceParentOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' && isTraceParent(header) ? header : undefined;
}
