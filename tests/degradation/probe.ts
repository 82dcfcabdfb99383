import type { Bridge } from '@longspan/testkit';

/** What a service answers to one request, as far as a load balancer or a caller looks. */
export interface Answer {
  readonly status: number;
  /** Seconds after which it asks to be tried again; 0 if it does not say. */
  readonly retryAfterS: number;
  /** The problem's code, where the answer is a problem document. */
  readonly code: string | undefined;
}

const ANSWER_WITHIN_MS = 10_000;

/** A GET of `path` from the service at `url`. */
export async function ask(url: string, path: string): Promise<Answer> {
  return answerOf(await fetch(new URL(path, url), { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }));
}

/** Tries to publish one event for a user, with an id that no other event has. */
export async function tryToPublish(bridge: Bridge, user: string, id: string): Promise<Answer> {
  const answer = await bridge.ingress.request(`/v1/users/${user}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'tick', source: '/test', id }),
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  return answerOf(answer);
}

/** Asks for a user's history; `fresh` says whether the ingress vouches that it is all. */
export async function history(bridge: Bridge, user: string): Promise<Answer & { readonly fresh: boolean }> {
  const answer = await bridge.ingress.request(`/v1/users/${user}/events`, {
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  });
  return { ...(await answerOf(answer)), fresh: answer.headers.get('longspan-fresh') === 'true' };
}

/** How an answer reads in a report: `503 no_quorum, retry after 2 s`. */
export function inWords({ status, code, retryAfterS }: Answer): string {
  return `${status}${code === undefined ? '' : ` ${code}`}${retryAfterS > 0 ? `, retry after ${retryAfterS} s` : ''}`;
}

async function answerOf(response: Response): Promise<Answer> {
  const body = await response.text();
  const isProblem = response.headers.get('content-type')?.includes('problem+json') ?? false;
  const problem: { readonly code?: string } = isProblem ? JSON.parse(body) : {};
  return {
    status: response.status,
    retryAfterS: Number(response.headers.get('retry-after') ?? 0),
    code: problem.code,
  };
}
