/**
 * The life of a run, as the committed events of its user tell it (PROTOCOL.md, Agent runs):
 *
 *   agent_started ─▶ thinking, tool_executing ─▶ tool_completed, output ... ─▶ agent_completed | agent_failed
 *        │  1 an attempt                                                              1 a run, last
 *        └── the worker is gone ─▶ agent_started of a higher attempt ─▶ ...
 *
 * What a lower attempt still says after a higher one has been announced is a straggler: readers ignore it, and it is
 * counted apart.
 */

/** What is looked at of an event that belongs to a run. */
export interface RunEvent {
  readonly user: string;
  readonly seq: number;
  readonly type: string;
  readonly runid: string;
  readonly attempt: number;
  readonly commandId?: string;
  readonly callId?: string;
  readonly index?: number;
  readonly stopped?: boolean;
}

export interface RunFault {
  readonly runid: string;
  readonly user: string;
  readonly seq: number;
  readonly detail: string;
}

export interface RunAudit {
  readonly clean: boolean;
  readonly runs: number;
  readonly attempts: number;
  /** Events of an attempt after a later one had been announced. */
  readonly stragglers: number;
  readonly faults: readonly RunFault[];
  /** The ends of runs, one for each, as what the back end did about commands. */
  readonly effects: readonly { readonly user: string; readonly id: string }[];
}

const TERMINAL: readonly string[] = ['agent_completed', 'agent_failed'];

interface Life {
  readonly user: string;
  commandId: string | undefined;
  attempt: number;
  /** Calls of tools in the present attempt that are not completed. */
  readonly executing: Set<string>;
  /** The next piece of the present attempt's text. */
  nextIndex: number;
  endedAt: number | undefined;
}

/** Judges all runs of a stream's events, which come in the stream's order. Every run must have come to its end. */
export function auditRuns(events: Iterable<RunEvent>): RunAudit {
  const lives = new Map<string, Life>();
  const faults: RunFault[] = [];
  const effects: { user: string; id: string }[] = [];
  let [attempts, stragglers] = [0, 0];
  for (const event of events) {
    const { runid, user, seq } = event;
    const life = lives.get(runid) ?? newLife(user);
    lives.set(runid, life);
    const fault = (detail: string): void => {
      faults.push({ runid, user, seq, detail });
    };
    if (event.user !== life.user) fault(`an event of a run of ${life.user}`);
    if (TERMINAL.includes(event.type)) {
      if (life.endedAt === undefined) end(life, event, fault);
      else fault(`a second end, ${event.type}, after that of ${life.endedAt}`);
      if (life.commandId !== undefined) effects.push({ user, id: life.commandId });
    } else if (event.attempt < life.attempt) {
      stragglers += 1;
    } else if (life.endedAt !== undefined) {
      fault(`${event.type} after the end`);
    } else if (event.type === 'agent_started') {
      attempts += 1;
      begin(life, event, fault);
    } else {
      tell(life, event, fault);
    }
  }
  for (const [runid, { user, endedAt }] of lives)
    if (endedAt === undefined) faults.push({ runid, user, seq: 0, detail: 'no end' });
  const clean = faults.length === 0 && lives.size > 0;
  return { clean, runs: lives.size, attempts, stragglers, faults, effects };
}

type Complain = (detail: string) => void;

function newLife(user: string): Life {
  const executing = new Set<string>();
  return { user, commandId: undefined, attempt: 0, executing, nextIndex: 0, endedAt: undefined };
}

function begin(life: Life, event: RunEvent, fault: Complain): void {
  if (event.attempt === life.attempt) fault(`attempt ${event.attempt} is announced twice`);
  life.attempt = event.attempt;
  life.commandId ??= event.commandId;
  life.executing.clear();
  life.nextIndex = 0;
}

function tell(life: Life, { type, attempt, callId, index }: RunEvent, fault: Complain): void {
  if (attempt > life.attempt) return fault(`${type} before attempt ${attempt} is announced`);
  if (type === 'tool_executing' && callId !== undefined) {
    life.executing.add(callId);
  } else if (type === 'tool_completed' && !life.executing.delete(callId ?? '')) {
    fault(`tool call ${callId} is completed and was not executing`);
  } else if (type === 'agent_output') {
    if (index !== life.nextIndex) fault(`piece ${index} of the text where ${life.nextIndex} was due`);
    life.nextIndex = (index ?? life.nextIndex) + 1;
  }
}

function end(
  life: Life,
  { type, seq, stopped, attempt }: RunEvent & { stopped?: boolean },
  fault: Complain,
): void {
  life.endedAt = seq;
  // A run that was stopped before it began has nothing but its end.
  if (life.attempt === 0 && stopped !== true) fault(`${type} before anything was announced`);
  const completed = type === 'agent_completed' && stopped !== true && attempt === life.attempt;
  if (completed && life.executing.size > 0)
    fault(`completed while the tool calls ${[...life.executing].join(', ')} were executing`);
}
