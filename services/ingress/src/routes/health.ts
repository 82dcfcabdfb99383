import type { FastifyInstance } from 'fastify';
import { Problem } from '../http/problems.ts';
import type { Readiness } from '../readiness.ts';

/** `/healthz`: the process lives. `/readyz`: it can serve. */
export function healthRoutes(app: FastifyInstance, readiness: Readiness): void {
  app.get('/healthz', () => ({ status: 'alive' }));
  app.get('/readyz', () => {
    const obstacle = readiness.obstacle();
    if (obstacle !== undefined) throw new Problem('not_ready', obstacle);
    return { status: 'ready' };
  });
}
