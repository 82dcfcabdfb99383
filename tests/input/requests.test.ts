import { Evidence, scaled } from '@longspan/testkit';
import { expect, test } from 'vitest';
import { PROBLEMS as EDGE_PROBLEMS } from '../../services/edge/src/http/problem.ts';
import { PROBLEMS as INGRESS_PROBLEMS } from '../../services/ingress/src/http/problems.ts';
import { attack, printable } from './attack.ts';
import { besiege, PARTS } from './besieged.ts';
import { exchange, type HttpAnswer } from './exchange.ts';
import { hostileRequest, type HostileRequest } from './hostile-request.ts';

const ROUNDS_A_PART = scaled({ short: 5, quick: 5, full: 60, long: 1_000 });
const AT_ONCE = 50;
const IN_ALL = PARTS * ROUNDS_A_PART * AT_ONCE;
const ANSWERED_WITHIN_MS = 20_000;
const DOCUMENTED = { edge: EDGE_PROBLEMS, ingress: INGRESS_PROBLEMS };

test('every request is answered by what it asks for, or by a problem document with a documented status', async () => {
  // Goal: whoever reaches the ports can end nothing and leak nothing, and whoever erred learns how.
  // Method: requests from well formed to garbage, over bare sockets, in pieces. Only what is not HTTP may be closed on
  // without an answer.
  await using evidence = new Evidence('input', 'hostile requests');
  let requests = 0;
  await besiege(evidence, async (bridge, part) => {
    const tokens = { user: await bridge.token('mallory'), publisher: bridge.publishToken };
    const portOf = {
      edge: Number(new URL(bridge.edge(0).url).port),
      ingress: Number(new URL(bridge.ingress.url).port),
    };
    await attack<HostileRequest>({
      seed: evidence.seed + part,
      rounds: ROUNDS_A_PART,
      atOnce: AT_ONCE,
      cases: hostileRequest(tokens),
      attempt: async (request) => {
        requests += 1;
        const { service, bytes, firstPart, wellFormed } = request;
        const patienceMs = wellFormed ? ANSWERED_WITHIN_MS : 100;
        const answers = await exchange({ port: portOf[service], bytes, firstPart, patienceMs });
        if (wellFormed && answers.length === 0) return 'closed without an answer';
        return answers.map((answer) => complaint(request, answer)).find((wrong) => wrong !== undefined);
      },
      show: ({ service, bytes }) => `${service} ${printable(bytes)}`,
    });
  });
  expect(requests).toBe(IN_ALL);
  evidence.promise({
    metric: 'Input: hostile requests to the edge and the ingress',
    requirement: 'each answered as asked or by a documented problem; garbage may be closed on',
    achieved: `${requests.toLocaleString('en')} requests`,
    holds: true,
  });
});

/** What is wrong with an answer, if anything is. */
function complaint(request: HostileRequest, answer: HttpAnswer): string | undefined {
  const { status, contentType, body } = answer;
  if (status < 400) return undefined;
  if (status === 500) return 'a fault';
  if (!contentType.startsWith('application/problem+json')) return `${status} is no problem document`;
  // An answer to HEAD has no body, and one to who went on writing may be cut off by a reset.
  const text = /\{[^]*\}/.exec(body)?.[0];
  if (text === undefined) return undefined;
  const problem: { readonly status?: unknown; readonly code?: unknown } = JSON.parse(text);
  const known: Readonly<Record<string, { readonly status: number }>> = DOCUMENTED[request.service];
  const row = typeof problem.code === 'string' ? known[problem.code] : undefined;
  return row?.status === status && problem.status === status ? undefined : `${status} with ${text}`;
}
