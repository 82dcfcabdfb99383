import type { FastifyInstance } from 'fastify';
import { userOfPath } from '../http/parameters.ts';
import type { IngressParts } from '../ingress-parts.ts';

/** `DELETE /v1/users/{user}/sessions`: ends the user's sessions on every edge that is connected now. */
export function sessionsRoute(app: FastifyInstance, { control }: IngressParts): void {
  app.delete('/v1/users/:user/sessions', async (request, reply) => {
    await control.endSessions(userOfPath(request.params));
    return reply.code(204).send();
  });
}
