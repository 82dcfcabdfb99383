import type { FastifyInstance } from 'fastify';
import { SignJWT } from 'jose';
import { z } from 'zod';
import type { DevelopmentConfig } from '../config.ts';
import { readQuery, userOf } from '../http/parameters.ts';

const TOKEN_LIFETIME = '1h';
const Query = z.object({ user: z.string({ error: 'expected a user id' }) });

/**
 * `/dev/token` and `/dev/config`, in development mode only: anybody may be anybody. What the console and `curl` need
 * to try things on one machine.
 */
export function developmentRoutes(
  app: FastifyInstance,
  config: DevelopmentConfig,
  publishToken: string,
): void {
  const secret = new TextEncoder().encode(config.jwtSecret);
  app.get('/dev/token', async (request, reply) => {
    const user = userOf(readQuery(Query, request.query).user);
    const jwt = new SignJWT().setProtectedHeader({ alg: 'HS256' }).setSubject(user);
    if (config.jwtAudience !== undefined) jwt.setAudience(config.jwtAudience);
    if (config.jwtIssuer !== undefined) jwt.setIssuer(config.jwtIssuer);
    const token = await jwt.setIssuedAt().setExpirationTime(TOKEN_LIFETIME).sign(secret);
    return reply.header('cache-control', 'no-store').send({ token });
  });
  app.get('/dev/config', (_request, reply) =>
    reply
      .header('cache-control', 'no-store')
      .send({ mode: 'development', edges: config.edgeUrls, publishToken, traceUrl: config.traceUrl }),
  );
}
