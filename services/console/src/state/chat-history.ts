import type { CloudEvent } from '@longspan/protocol';
import { unreachable } from '@longspan/protocol';
import { extendRun, isRunEvent, newRun, type Run } from './chat-run.ts';

/**
 * The chat, made from the log alone: a reload replays the log and arrives at the same chat. Only what the person has
 * just sent and the agent has not taken up yet is kept beside it, in `sends`.
 */
export interface ChatHistory {
  /** In the order in which their first events were committed. */
  readonly runs: readonly Run[];
  readonly sends: readonly PendingSend[];
}

/** A message on its way: it leaves this list when the first event of its run names it. */
export interface PendingSend {
  readonly id: string;
  readonly threadid: string;
  readonly text: string;
  readonly state: SendState;
}

type SendState =
  | { readonly kind: 'queued' }
  | { readonly kind: 'committed' }
  | { readonly kind: 'refused'; readonly reason: string };

export type ChatInput =
  | { readonly kind: 'event'; readonly event: CloudEvent }
  | { readonly kind: 'send'; readonly id: string; readonly threadid: string; readonly text: string }
  | { readonly kind: 'send_committed'; readonly id: string }
  | { readonly kind: 'send_refused'; readonly id: string; readonly reason: string };

/** Runs beyond this leave the page, oldest first; the log keeps them. */
export const RUNS_SHOWN_MAX = 300;

export const EMPTY_CHAT: ChatHistory = { runs: [], sends: [] };

/** The chat after more inputs, in order. One call for many inputs costs one copy. */
export function extendChat(chat: ChatHistory, inputs: readonly ChatInput[]): ChatHistory {
  if (inputs.length === 0) return chat;
  const runs = new Map(chat.runs.map((run) => [run.runid, run]));
  let sends = chat.sends;
  let changed = false;
  for (const input of inputs) {
    switch (input.kind) {
      case 'event': {
        if (!isRunEvent(input.event)) break;
        const { runid } = input.event;
        const before = runs.get(runid) ?? newRun(runid);
        const after = extendRun(before, input.event);
        if (after === before) break;
        const taken = sends.find((send) => send.id === after.commandid);
        runs.set(runid, taken ? { ...after, input: after.input ?? taken.text } : after);
        if (taken) sends = sends.filter((send) => send !== taken);
        changed = true;
        break;
      }
      case 'send':
        sends = [
          ...sends,
          { id: input.id, threadid: input.threadid, text: input.text, state: { kind: 'queued' } },
        ];
        break;
      case 'send_committed':
        sends = withState(sends, input.id, { kind: 'committed' });
        break;
      case 'send_refused':
        sends = withState(sends, input.id, { kind: 'refused', reason: input.reason });
        break;
      default:
        unreachable(input);
    }
  }
  if (!changed && sends === chat.sends) return chat;
  return { runs: changed ? [...runs.values()].slice(-RUNS_SHOWN_MAX) : chat.runs, sends };
}

/** The run that the agent is working on, if any: the latest one that has not ended. */
export function activeRun(chat: ChatHistory): Run | undefined {
  return chat.runs.findLast((run) => run.outcome.kind === 'running');
}

/** The conversation that the next message belongs to: the latest one, if there is one. */
export function latestThread(chat: ChatHistory): string | undefined {
  return chat.sends.at(-1)?.threadid ?? chat.runs.findLast((run) => run.threadid !== undefined)?.threadid;
}

function withState(sends: readonly PendingSend[], id: string, state: SendState): readonly PendingSend[] {
  return sends.map((send) => (send.id === id ? { ...send, state } : send));
}
