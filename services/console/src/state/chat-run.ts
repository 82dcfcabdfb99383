import { AGENT_EVENT_TYPES, type AgentEventType, type CloudEvent } from '@longspan/protocol';
import { unreachable } from '@longspan/protocol';
import { field, textField } from './event-fields.ts';
import { traceIdOf } from './trace-id.ts';

/**
 * One run of the agent, as its events tell it:
 *
 *   running ──agent_completed──▶ completed | stopped
 *      │ └────agent_failed─────▶ failed | stopped
 *      └──a higher attempt──▶ running, with what the earlier attempt had said taken back
 *
 * The ends are final. A worker that died between its last event and the acknowledgement of the command leaves a run
 * that is over and yet attempted again; what that attempt says changes nothing.
 */
export interface Run {
  readonly runid: string;
  readonly threadid: string | undefined;
  readonly commandid: string | undefined;
  /** What the person asked; undefined where the log no longer keeps the run's beginning. */
  readonly input: string | undefined;
  /** From 1. Above it, an earlier worker died and another took over. */
  readonly attempt: number;
  readonly parts: readonly RunPart[];
  readonly outcome: Outcome;
  readonly eventCount: number;
  /** The trace of the latest attempt; undefined if none is kept. */
  readonly traceId: string | undefined;
  /** Times of the first and the latest event, as the publisher told them. */
  readonly firstTime: string | undefined;
  readonly lastTime: string | undefined;
}

export type RunPart =
  | { readonly kind: 'thinking'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tool_running'; readonly callid: string; readonly tool: string; readonly input: unknown }
  | {
      readonly kind: 'tool_done';
      readonly callid: string;
      readonly tool: string;
      readonly input: unknown;
      readonly output: unknown;
    };

type Outcome =
  | { readonly kind: 'running' }
  | { readonly kind: 'completed' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Whether the event is one that an agent's run consists of. */
export function isRunEvent(event: CloudEvent): event is CloudEvent & { type: AgentEventType; runid: string } {
  return typeof event.runid === 'string' && (AGENT_EVENT_TYPES as readonly string[]).includes(event.type);
}

/** A run of which nothing is known yet but its name. */
export function newRun(runid: string): Run {
  return {
    runid,
    threadid: undefined,
    commandid: undefined,
    input: undefined,
    attempt: 1,
    parts: [],
    outcome: { kind: 'running' },
    eventCount: 0,
    traceId: undefined,
    firstTime: undefined,
    lastTime: undefined,
  };
}

/** The run after one more of its events. Events must come in the order of the log. */
export function extendRun(run: Run, event: CloudEvent & { type: AgentEventType }): Run {
  if (run.outcome.kind !== 'running') return run;
  const attempt = attemptOf(event) ?? run.attempt;
  const terminal = event.type === 'agent_completed' || event.type === 'agent_failed';
  if (attempt < run.attempt && !terminal) return run;
  const superseded = attempt > run.attempt;
  const base: Run = {
    ...run,
    attempt: Math.max(attempt, run.attempt),
    parts: superseded ? [] : run.parts,
    threadid: run.threadid ?? event.threadid,
    commandid: run.commandid ?? textField(event, 'commandid'),
    eventCount: run.eventCount + 1,
    traceId: traceIdOf(event.traceparent) ?? run.traceId,
    firstTime: run.firstTime ?? event.time,
    lastTime: event.time ?? run.lastTime,
  };
  return withContent(base, event, attempt);
}

function withContent(run: Run, event: CloudEvent & { type: AgentEventType }, attempt: number): Run {
  switch (event.type) {
    case 'agent_started':
      return { ...run, input: textField(event, 'input') ?? run.input };
    case 'agent_thinking':
      return withPart(run, { kind: 'thinking', text: textField(event, 'text') ?? 'thinking' });
    case 'tool_executing':
      return withPart(run, {
        kind: 'tool_running',
        callid: textField(event, 'callid') ?? event.id,
        tool: textField(event, 'tool') ?? 'tool',
        input: field(event, 'input'),
      });
    case 'tool_completed':
      return { ...run, parts: withToolOutput(run.parts, event) };
    case 'agent_output':
      return { ...run, parts: withText(run.parts, textField(event, 'text') ?? '') };
    case 'agent_completed':
      return {
        ...run,
        parts: withFinalText(run, textField(event, 'text'), attempt),
        outcome: { kind: field(event, 'stopped') === true ? 'stopped' : 'completed' },
      };
    case 'agent_failed':
      return { ...run, outcome: failure(event) };
    default:
      return unreachable(event.type);
  }
}

function attemptOf(event: CloudEvent): number | undefined {
  const attempt = Number(event.attempt);
  return Number.isSafeInteger(attempt) && attempt >= 1 ? attempt : undefined;
}

function withPart(run: Run, part: RunPart): Run {
  return { ...run, parts: [...run.parts, part] };
}

function withText(parts: readonly RunPart[], piece: string): readonly RunPart[] {
  const last = parts.at(-1);
  return last?.kind === 'text'
    ? [...parts.slice(0, -1), { kind: 'text', text: last.text + piece }]
    : [...parts, { kind: 'text', text: piece }];
}

function withToolOutput(parts: readonly RunPart[], event: CloudEvent): readonly RunPart[] {
  const callid = textField(event, 'callid');
  const output = field(event, 'output');
  const at = parts.findLastIndex((part) => part.kind === 'tool_running' && part.callid === callid);
  const call = parts[at];
  if (call?.kind !== 'tool_running') {
    const tool = textField(event, 'tool') ?? 'tool';
    return [
      ...parts,
      { kind: 'tool_done', callid: callid ?? event.id, tool, input: field(event, 'input'), output },
    ];
  }
  return parts.with(at, { ...call, kind: 'tool_done', output });
}

/** An attempt that ended the run without being the one on display, or without pieces, brings its whole answer. */
function withFinalText(run: Run, text: string | undefined, attempt: number): readonly RunPart[] {
  if (text === undefined || text === '') return run.parts;
  const spoken = run.parts.some((part) => part.kind === 'text');
  if (attempt === run.attempt && spoken) return run.parts;
  return [...run.parts.filter((part) => part.kind !== 'text'), { kind: 'text', text }];
}

function failure(event: CloudEvent): Outcome {
  const code = textField(event, 'code');
  if (code === 'stopped' || field(event, 'stopped') === true) return { kind: 'stopped' };
  const reason = textField(event, 'message') ?? textField(event, 'error') ?? code;
  return { kind: 'failed', reason: reason ?? 'the agent gave no reason' };
}
