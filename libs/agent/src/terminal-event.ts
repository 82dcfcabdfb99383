import type { Command } from '@longspan/broker';
import type { EventDraft } from './event-draft.ts';

interface RunToEnd {
  readonly id: string;
  readonly attempt: number;
  readonly command: Pick<Command, 'threadid'>;
}

/** The one event that ends a run. Its id does not name the attempt: whoever publishes it first has ended the run. */
export function terminalEvent(
  run: RunToEnd,
  type: 'agent_completed' | 'agent_failed',
  data: object,
  worker: string,
): EventDraft {
  return {
    type,
    data,
    id: `${run.id}.end`,
    runid: run.id,
    attempt: run.attempt,
    worker,
    ...(run.command.threadid === undefined ? {} : { threadid: run.command.threadid }),
  };
}
