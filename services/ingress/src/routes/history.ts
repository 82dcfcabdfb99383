import { formatPosition, parsePosition, type Position } from '@longspan/protocol';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { Problem } from '../http/problems.ts';
import { readQuery, userOfPath } from '../http/parameters.ts';
import { readHistory } from '../history/history-reader.ts';
import type { History } from '../history/history.ts';
import type { IngressParts } from '../ingress-parts.ts';

export const HISTORY_LIMIT_DEFAULT = 100;
export const HISTORY_LIMIT_MAX = 1_000;
/** Says `false` if the log had no quorum and acknowledged events may be missing from the answer's end. */
export const FRESH_HEADER = 'longspan-fresh';

const expectedLimit = `expected a whole number from 1 to ${HISTORY_LIMIT_MAX}`;
const Query = z.strictObject(
  {
    after: z.string({ error: 'expected one position or earliest' }).default('earliest'),
    limit: z
      .string({ error: expectedLimit })
      .regex(/^[1-9][0-9]{0,3}$/, expectedLimit)
      .transform(Number)
      .refine((limit) => limit <= HISTORY_LIMIT_MAX, expectedLimit)
      .default(HISTORY_LIMIT_DEFAULT),
  },
  { error: (issue) => (issue.code === 'unrecognized_keys' ? 'only after and limit are known' : undefined) },
);

/** `GET /v1/users/{user}/events?after=<position>|earliest&limit=`: a user's history for back ends. */
export function historyRoute(app: FastifyInstance, { log }: IngressParts): void {
  app.get('/v1/users/:user/events', async (request, reply) => {
    const user = userOfPath(request.params);
    const { after, limit } = readQuery(Query, request.query);
    const history = await readHistory(log, user, positionOf(after), limit);
    return reply
      .header('content-type', 'application/json; charset=utf-8')
      .header('cache-control', 'no-store')
      .header(FRESH_HEADER, String(history.fresh))
      .send(encode(history));
  });
}

function positionOf(after: string): Position | 'earliest' {
  if (after === 'earliest') return after;
  const position = parsePosition(after);
  if (position !== undefined) return position;
  throw new Problem('invalid_position', 'A position is what this API or an edge gave out, or earliest.');
}

/** The answer's JSON. Events go in as the bytes that the log keeps, never parsed. */
function encode({ epoch, entries, next, more, gap }: History): string {
  const events = entries.map(
    ({ seq, payload }) =>
      `{"position":"${formatPosition({ epoch, seq })}","event":${Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8')}}`,
  );
  const tail = {
    next: formatPosition(next),
    more,
    ...(gap && { gap: { from: formatPosition(gap.from), to: formatPosition(gap.to), reason: gap.reason } }),
  };
  return `{"events":[${events.join(',')}],${JSON.stringify(tail).slice(1)}`;
}
