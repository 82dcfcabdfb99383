import { context as contexts } from '@opentelemetry/api';
import {
  errorType,
  processCommandSpan,
  spanContextOf,
  type Delivery,
  type Operation,
} from '@longspan/broker';
import type { AgentParts } from './agent-parts.ts';
import { retryDelayMs } from './retry-delay.ts';
import { isRunId, runIdOf } from './run-id.ts';
import { readRun } from './run-record.ts';
import { terminalEvent } from './terminal-event.ts';

/** The command that stops a run: `{ runid }`, or `{ commandid }` of the send that began it. */
export const STOP_COMMAND = 'agent_stop';
/** How long the holder of a run has to end it, in milliseconds, before it is taken for absent. */
const STOP_ANSWER_MS = 2_000;

/**
 * Carries out a stop command. The holder of the run ends it; where there is none (the command still waits, or its
 * worker is gone) this worker publishes the terminal event itself: it is in the log, so whoever takes the command
 * later finds the run over, and whoever took it meanwhile sees the event come by. Either way the run has one terminal
 * event, because both have the same id.
 */
export function processStop(parts: AgentParts, delivery: Delivery): Promise<void> {
  const span = processCommandSpan(delivery.command);
  return contexts.with(span.context, () => settleStop(parts, delivery, span));
}

async function settleStop(parts: AgentParts, delivery: Delivery, span: Operation): Promise<void> {
  const { command, attempt } = delivery;
  const runid = runToStop(delivery);
  if (runid === undefined) {
    parts.onNotice({ type: 'stop_refused', commandId: command.id });
    span.end();
    await delivery.ack().catch(() => undefined);
    return;
  }
  span.set({ 'longspan.run': runid, 'longspan.attempt': attempt });
  try {
    await stopRun(parts, delivery, runid, span);
    await delivery.ack().catch(() => undefined);
    span.end();
  } catch (error) {
    span.fail(errorType(error));
    parts.onNotice({ type: 'stop_failed', runid, error });
    if (attempt < parts.attemptsMax) delivery.retry(retryDelayMs(attempt, parts.random()));
    else await delivery.bury('the run could not be stopped').catch(() => undefined);
  }
}

async function stopRun(
  parts: AgentParts,
  { command }: Delivery,
  runid: string,
  span: Operation,
): Promise<void> {
  const record = await readRun(parts.log, command.user, runid, 'fresh');
  const run = record.kind === 'open' ? spanContextOf(record.trace) : undefined;
  if (run !== undefined) span.link(run);
  if (record.kind === 'ended') return;
  if (await parts.stops.request(command.user, runid, STOP_ANSWER_MS)) return;
  const stopped = { id: runid, attempt: record.kind === 'open' ? record.attempt : 1, command };
  await parts.publisher.publish(
    command.user,
    terminalEvent(stopped, 'agent_completed', { stopped: true, text: '' }, parts.worker),
  );
}

function runToStop({ command }: Delivery): string | undefined {
  const data = command.data;
  if (typeof data !== 'object' || data === null) return undefined;
  if ('runid' in data) return isRunId(data.runid) ? data.runid : undefined;
  return 'commandid' in data && typeof data.commandid === 'string'
    ? runIdOf(command.user, data.commandid)
    : undefined;
}
