import type { Moment, Operations } from '@longspan/protocol';
import type { Feed, OperationsInput } from '../state/operations.ts';
import { ServerSentEvents, type ServerSentEvent } from './server-sent-events.ts';

const AGAIN_AFTER_MS = 2_000;
/** A stream that says nothing for so long, in milliseconds, is dead: it speaks once a second. */
const SILENCE_MS = 6_000;

/**
 * Listens to the operations of the ingress that served the page, and comes back by itself when that breaks off, until
 * `signal` aborts or the ingress asks for another token. (An `EventSource` could not send one.)
 */
export async function listenToOperations(
  token: string | undefined,
  onInput: (input: OperationsInput) => void,
  signal: AbortSignal,
): Promise<void> {
  const tell = (feed: Feed): void => onInput({ kind: 'feed', feed });
  for (;;) {
    const end = await listenOnce(token, onInput, signal);
    if (signal.aborted) return;
    tell(end);
    if (end.kind !== 'lost') return;
    await pause(AGAIN_AFTER_MS, signal);
    if (signal.aborted) return;
  }
}

/** One connection; how it ended. */
async function listenOnce(
  token: string | undefined,
  onInput: (input: OperationsInput) => void,
  signal: AbortSignal,
): Promise<Feed> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const response = await fetch('/v1/operations', {
      headers: {
        accept: 'text/event-stream',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      signal: AbortSignal.any([signal, silence.signal]),
    });
    const refusal = await refusalOf(response, token);
    if (refusal !== undefined) return refusal;
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const events = new ServerSentEvents();
    for (;;) {
      const piece = await reader?.read();
      if (piece === undefined || piece.done)
        return { kind: 'lost', reason: 'The ingress ended the connection.' };
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      for (const event of events.take(piece.value)) {
        const input = inputOf(event);
        if (input !== undefined) onInput(input);
      }
    }
  } catch {
    return { kind: 'lost', reason: 'The ingress does not answer.' };
  } finally {
    clearTimeout(timer);
  }
}

async function refusalOf(response: Response, token: string | undefined): Promise<Feed | undefined> {
  if (response.ok) return undefined;
  if (response.status === 401) return { kind: 'token_needed', refused: token !== undefined };
  if (response.status === 404 || response.status === 403) return { kind: 'absent' };
  const problem: unknown = await response.json().catch(() => undefined);
  const detail =
    typeof problem === 'object' && problem !== null && 'detail' in problem ? problem.detail : undefined;
  return {
    kind: 'lost',
    reason: typeof detail === 'string' ? detail : `The ingress answered ${response.status}.`,
  };
}

function inputOf({ name, data }: ServerSentEvent): OperationsInput | undefined {
  if (name === 'history') return { kind: 'history', moments: JSON.parse(data) as readonly Moment[] };
  if (name === 'operations') return { kind: 'operations', operations: JSON.parse(data) as Operations };
  return undefined;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
