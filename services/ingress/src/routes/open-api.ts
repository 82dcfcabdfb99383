import type { FastifyInstance } from 'fastify';
import { openApiDocument } from '../openapi/document.ts';

/** `/openapi.json`: this API, described. */
export function openApiRoute(app: FastifyInstance): void {
  const text = JSON.stringify(openApiDocument);
  app.get('/openapi.json', (_request, reply) =>
    reply.header('content-type', 'application/json; charset=utf-8').send(text),
  );
}
