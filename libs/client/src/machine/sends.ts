import type { ErrorFrame, Send, Sent, SessionLimits } from '@longspan/protocol';
import { pauseMs, type Backoff } from '../backoff.ts';
import { errorRow } from '../longspan-error.ts';
import type { Effect, Outcome } from './effect.ts';
import type { Moment } from './input.ts';
import { SENDS_QUEUED_BYTES_MAX, SENDS_QUEUED_MAX, SEND_ANSWER_TIMEOUT_MS } from './limits.ts';

/** A command on its way to its commit. */
export interface Command {
  readonly id: string;
  readonly event: Send['event'];
  readonly traceparent?: string;
  /** The sizes of its event and of its frame. */
  readonly eventBytes: number;
  readonly frameBytes: number;
}

/**
 * Commands in the order in which they were sent. One is in flight at a time: were there more, one that has to be
 * sent again would commit behind its successors.
 */
export interface Sends {
  readonly queue: readonly Command[];
  /** The first of the queue, while it waits for its answer. */
  readonly flight: { readonly conn: number; readonly deadline: number } | undefined;
  /** Nothing is sent before this time. */
  readonly holdUntil: number;
  /** Refusals of the first of the queue that allow another try. */
  readonly tries: number;
}

export interface SendsStep {
  readonly sends: Sends;
  readonly effects: readonly Effect[];
}

/** Takes a command, unless there are too many, or nothing will be sent any more. */
export function enqueue(sends: Sends, command: Command, isClosed: boolean): SendsStep {
  if (isClosed) return { sends, effects: [refuse(command.id, 'closed')] };
  const bytes = sends.queue.reduce((sum, each) => sum + each.frameBytes, command.frameBytes);
  if (sends.queue.length >= SENDS_QUEUED_MAX || bytes > SENDS_QUEUED_BYTES_MAX)
    return { sends, effects: [refuse(command.id, 'queue_full')] };
  return { sends: { ...sends, queue: [...sends.queue, command] }, effects: [] };
}

/** Forgets a command. If it was in flight its answer will be ignored, and it may have been committed. */
export function abandon(sends: Sends, id: string): SendsStep {
  const index = sends.queue.findIndex((command) => command.id === id);
  if (index === -1) return { sends, effects: [] };
  const queue = sends.queue.toSpliced(index, 1);
  const rest = index === 0 ? { flight: undefined, holdUntil: 0, tries: 0 } : {};
  return { sends: { ...sends, ...rest, queue }, effects: [refuse(id, 'aborted')] };
}

/** The connection is gone: what was in flight is sent again on the next one, with the same id. */
export function recall(sends: Sends): Sends {
  return sends.flight === undefined ? sends : { ...sends, flight: undefined };
}

/** Nothing will be sent any more. */
export function refuseAll(sends: Sends): SendsStep {
  return {
    sends: { queue: [], flight: undefined, holdUntil: 0, tries: 0 },
    effects: sends.queue.map((command) => refuse(command.id, 'closed')),
  };
}

/** Sends the first of the queue if nothing is in flight, and again if its answer did not come. */
export function pump(sends: Sends, conn: number, limits: SessionLimits, now: number): SendsStep {
  const first = sends.queue[0];
  if (first === undefined || now < sends.holdUntil) return { sends, effects: [] };
  if (sends.flight !== undefined && now < sends.flight.deadline) return { sends, effects: [] };
  if (first.eventBytes > limits.eventBytes || first.frameBytes > limits.frameBytes) {
    const step = pump(shift(sends), conn, limits, now);
    return { sends: step.sends, effects: [refuse(first.id, 'event_too_big'), ...step.effects] };
  }
  return {
    sends: { ...sends, flight: { conn, deadline: now + SEND_ANSWER_TIMEOUT_MS } },
    effects: [{ kind: 'transmit', id: conn, frame: frameOf(first) }],
  };
}

export function committed(sends: Sends, frame: Sent): SendsStep {
  if (sends.queue[0]?.id !== frame.id) return { sends, effects: [] };
  const outcome: Outcome = { kind: 'committed', position: frame.position, duplicate: frame.duplicate };
  return { sends: shift(sends), effects: [{ kind: 'settle', id: frame.id, outcome }] };
}

/** The edge did not take a command: again after a pause if that can help, else the command has failed. */
export function refused(sends: Sends, frame: ErrorFrame, backoff: Backoff, moment: Moment): SendsStep {
  const first = sends.queue[0];
  if (first === undefined || first.id !== frame.id) return { sends, effects: [] };
  if (!frame.retryable) {
    const { code, message, retryable } = frame;
    const outcome: Outcome = { kind: 'refused', code, message, retryable };
    return { sends: shift(sends), effects: [{ kind: 'settle', id: first.id, outcome }] };
  }
  const tries = sends.tries + 1;
  const holdUntil = moment.now + pauseMs(backoff, tries, moment.random);
  return { sends: { ...sends, flight: undefined, tries, holdUntil }, effects: [] };
}

function frameOf({ id, event, traceparent }: Command): Send {
  return { type: 'send', id, event, ...(traceparent === undefined ? {} : { traceparent }) };
}

function shift(sends: Sends): Sends {
  return { queue: sends.queue.slice(1), flight: undefined, holdUntil: 0, tries: 0 };
}

function refuse(id: string, code: 'queue_full' | 'aborted' | 'closed' | 'event_too_big'): Effect {
  const { meaning, retryable } = errorRow(code);
  return { kind: 'settle', id, outcome: { kind: 'refused', code, message: meaning, retryable } };
}
