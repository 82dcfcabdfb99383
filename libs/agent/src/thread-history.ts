import type { EventLog } from '@longspan/broker';
import type { CloudEvent, UserId } from '@longspan/protocol';
import { eventOf, readHistory } from './user-history.ts';

/** One side's words in a conversation. */
export interface Turn {
  readonly role: 'user' | 'agent';
  readonly text: string;
}

/** At most this many turns, and this many characters in them, are remembered of a thread. */
const THREAD_TURNS_MAX = 40;
const THREAD_CHARS_MAX = 64 * 1024;

/**
 * What was said in a thread before a run, oldest first, bounded to its newest part. It is read from the user's own
 * stream: agents keep no state, so any worker can answer the next message.
 */
export async function readThread(
  log: EventLog,
  user: UserId,
  thread: { readonly threadid: string; readonly exceptRun: string },
): Promise<readonly Turn[]> {
  const runs = new Map<string, { input?: string; answer?: string }>();
  for await (const logged of readHistory(log, user, 'as_kept')) {
    const event = eventOf(logged);
    if (event?.runid === undefined || event.threadid !== thread.threadid) continue;
    if (event.runid === thread.exceptRun) continue;
    const run = runs.get(event.runid) ?? {};
    runs.set(event.runid, run);
    if (event.type === 'agent_started') run.input = textOf(event, 'input') ?? '';
    if (event.type === 'agent_completed') run.answer = textOf(event, 'text') ?? '';
  }
  const turns = [...runs.values()].flatMap((run): readonly Turn[] =>
    // Half a conversation would mislead: only runs that were answered count.
    run.input && run.answer
      ? [
          { role: 'user', text: run.input },
          { role: 'agent', text: run.answer },
        ]
      : [],
  );
  return newest(turns);
}

function newest(turns: readonly Turn[]): readonly Turn[] {
  let chars = 0;
  let from = turns.length;
  while (from >= 2 && turns.length - from < THREAD_TURNS_MAX) {
    chars += (turns[from - 1]?.text.length ?? 0) + (turns[from - 2]?.text.length ?? 0);
    if (chars > THREAD_CHARS_MAX) break;
    from -= 2;
  }
  return turns.slice(from);
}

function textOf(event: CloudEvent, field: string): string | undefined {
  const data = event.data;
  if (typeof data !== 'object' || data === null) return undefined;
  const value: unknown = Object.getOwnPropertyDescriptor(data, field)?.value;
  return typeof value === 'string' ? value : undefined;
}
