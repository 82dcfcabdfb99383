import { PassThrough } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { BearerAuth } from '../http/bearer-auth.ts';
import { EVENT_STREAM } from '../http/event-stream.ts';
import { Problem } from '../http/problems.ts';
import type { IngressParts } from '../ingress-parts.ts';
import { WATCHERS_MAX } from '../operations/operations-feed.ts';

/**
 * `GET /v1/operations`: how the whole system is. JSON, or Server-Sent Events for who asks for them: one `history` with
 * the last minutes, then an `operations` a second. Where operators have tokens, one is needed.
 */
export function operationsRoute(
  app: FastifyInstance,
  { config, operations }: Pick<IngressParts, 'config' | 'operations'>,
): void {
  const { operationsTokens } = config;
  const auth = operationsTokens && new BearerAuth(operationsTokens, 'an operator');
  const streams = new Set<PassThrough>();
  // Streams never end by themselves, and the server waits for them.
  app.addHook('preClose', (done) => {
    for (const stream of streams) stream.end();
    done();
  });

  app.get('/v1/operations', { exposeHeadRoute: false }, (request, reply) => {
    auth?.check(request.headers);
    void reply.header('cache-control', 'no-store');
    if (!(request.headers.accept ?? '').includes(EVENT_STREAM)) return reply.send(operations.read());

    const stream = new PassThrough();
    const watching = operations.watch((text) => {
      // To who does not keep up, a moment is not sent: the next one says it all anew.
      if (!stream.writableNeedDrain) stream.write(`event: operations\ndata: ${text}\n\n`);
    });
    if (watching === undefined) {
      throw new Problem('overloaded', `At most ${WATCHERS_MAX} watch the operations of an ingress.`);
    }
    streams.add(stream);
    stream.once('close', () => {
      watching[Symbol.dispose]();
      streams.delete(stream);
    });
    stream.write(`event: history\ndata: ${JSON.stringify(operations.history)}\n\n`);
    stream.write(`event: operations\ndata: ${JSON.stringify(operations.read())}\n\n`);
    return reply.header('content-type', EVENT_STREAM).send(stream);
  });
}
