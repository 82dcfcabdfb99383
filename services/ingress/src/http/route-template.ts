import type { FastifyRequest } from 'fastify';

/** `/v1/users/{user}/events`: it names no user. `?` where there is no such route. */
export function routeTemplate(request: FastifyRequest): string {
  return (request.routeOptions.url ?? '?').replace(/:(\w+)/g, '{$1}');
}
