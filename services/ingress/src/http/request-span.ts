import { ROOT_CONTEXT, SpanKind, type Context } from '@opentelemetry/api';
import { contextOf, Operation } from '@longspan/broker';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf, statusOf } from './problem-reply.ts';
import { setContextOfRequest } from './request-context.ts';
import { routeTemplate } from './route-template.ts';

/**
 * Does a request's work within a span, from when all of it has arrived to the answer.
 * @param origin the W3C `traceparent` that it continues, if any.
 */
export async function inRequestSpan<Result>(
  request: FastifyRequest,
  reply: FastifyReply,
  origin: string | undefined,
  work: (context: Context) => Promise<Result>,
): Promise<Result> {
  const method = request.method;
  const route = routeTemplate(request);
  const span = new Operation(`${method} ${route}`, {
    kind: SpanKind.SERVER,
    parent: contextOf(origin, ROOT_CONTEXT),
    attributes: () => ({ 'http.request.method': method, 'http.route': route }),
  });
  setContextOfRequest(request, span.context);
  try {
    const result = await work(span.context);
    span.set({ 'http.response.status_code': reply.statusCode });
    span.end();
    return result;
  } catch (error) {
    const { code } = problemOf(error);
    const status = { 'http.response.status_code': statusOf(code) };
    if (statusOf(code) >= 500) {
      span.fail(code, status);
    } else {
      span.set(status);
      span.end();
    }
    throw error;
  }
}
