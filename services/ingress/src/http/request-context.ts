import { ROOT_CONTEXT, type Context } from '@opentelemetry/api';
import type { FastifyRequest } from 'fastify';

const contexts = new WeakMap<FastifyRequest, Context>();

/** From now on, what is said about the request is said in this trace. */
export function setContextOfRequest(request: FastifyRequest, context: Context): void {
  contexts.set(request, context);
}

/** In which trace a request is worked on. */
export function contextOfRequest(request: FastifyRequest): Context {
  return contexts.get(request) ?? ROOT_CONTEXT;
}
