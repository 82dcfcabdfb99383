import type { EventLog } from '@longspan/broker';
import { TERMINAL_EVENT_TYPES, unreachable, type CloudEvent, type UserId } from '@longspan/protocol';
import { eventOf, mentions, readHistory } from './user-history.ts';

/** What the log knows of a run. */
export type RunRecord =
  | { readonly kind: 'unknown' }
  /** Announced so often, by `attempt` at the latest, for the command with the sequence `commandSeq`, and not ended. */
  | {
      readonly kind: 'open';
      readonly announced: number;
      readonly attempt: number;
      readonly commandSeq: number;
      /** The W3C `traceparent` of the last announcement, if its trace is kept. */
      readonly trace: string | undefined;
    }
  | { readonly kind: 'ended' };

const TERMINAL: readonly string[] = TERMINAL_EVENT_TYPES;

/**
 * Looks a run up in its user's stream. The log's window for duplicates is minutes, a run's life may be longer: what
 * stops a redelivered command from answering twice is this look, not the event ids.
 */
export async function readRun(
  log: EventLog,
  user: UserId,
  runid: string,
  freshness: 'as_kept' | 'fresh',
): Promise<RunRecord> {
  let record: RunRecord = { kind: 'unknown' };
  for await (const logged of readHistory(log, user, freshness)) {
    // Most events belong to other runs.
    if (!mentions(logged, runid)) continue;
    const event = eventOf(logged);
    if (event?.runid !== runid) continue;
    if (TERMINAL.includes(event.type)) return { kind: 'ended' };
    if (event.type === 'agent_started') record = withAttempt(record, event, logged.trace);
  }
  return record;
}

function withAttempt(record: RunRecord, event: CloudEvent, trace: string | undefined): RunRecord {
  const data = event.data;
  const seq = typeof data === 'object' && data !== null && 'commandseq' in data ? data.commandseq : undefined;
  return {
    kind: 'open',
    announced: (record.kind === 'open' ? record.announced : 0) + 1,
    attempt: typeof event.attempt === 'number' ? event.attempt : 1,
    commandSeq: typeof seq === 'number' ? seq : 0,
    trace,
  };
}

/** What to do with a command, given what the log knows of its run. */
export type RunPlan =
  /** Run it under this number, after so many attempts that were announced. */
  | { readonly kind: 'run'; readonly attempt: number; readonly before: number }
  /** The run has its terminal event: the command only needs its acknowledgement. */
  | { readonly kind: 'over' }
  /** This delivery is late: a newer one of the same command is at work. */
  | { readonly kind: 'superseded' };

/**
 * Attempts are numbered per run, upwards in the log. The same command with a number that was announced already was
 * held up on its way to us, and its successor is at work; another command with the same run is a client's repeat
 * that the log no longer recognised, and goes on where the first one was left.
 */
export function planRun(
  record: RunRecord,
  delivery: { readonly attempt: number; readonly seq: number },
): RunPlan {
  switch (record.kind) {
    case 'ended':
      return { kind: 'over' };
    case 'unknown':
      return { kind: 'run', attempt: delivery.attempt, before: 0 };
    case 'open':
      if (record.commandSeq === delivery.seq && record.attempt >= delivery.attempt)
        return { kind: 'superseded' };
      return {
        kind: 'run',
        attempt: Math.max(delivery.attempt, record.attempt + 1),
        before: record.announced,
      };
    default:
      return unreachable(record);
  }
}
