import type { FastifyInstance } from 'fastify';
import { Problem } from './problems.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Watches which routes are made from here on. The function it returns, called when all are there, makes their paths
 * answer 405 with `Allow` to the methods that they do not have; without it these would be 404.
 */
export function refuseOtherMethods(app: FastifyInstance): () => void {
  const methodsOf = new Map<string, Set<string>>();
  let watching = true;
  app.addHook('onRoute', ({ url, method }) => {
    if (!watching || url.includes('*')) return;
    const methods = methodsOf.get(url) ?? new Set();
    methodsOf.set(url, methods);
    for (const name of [method].flat()) methods.add(name);
  });
  return () => {
    watching = false;
    for (const [url, methods] of methodsOf) {
      const allow = [...methods].join(', ');
      const others = METHODS.filter((method) => !methods.has(method));
      app.route({
        url,
        method: others,
        handler: (_request, reply) => {
          void reply.header('allow', allow);
          throw new Problem('method_not_allowed', `Allowed here: ${allow}.`);
        },
      });
    }
  };
}
