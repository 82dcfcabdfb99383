import { BrokerError, contextOf, type CommandWriter, type NewCommand } from '@longspan/broker';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { ERROR_CODES, type ErrorCode, type Send, type Sent, type UserId } from '@longspan/protocol';

export interface SendRefused {
  readonly type: 'refused';
  readonly code: ErrorCode;
  readonly message: string;
}

/** Writes a client's send into the log of commands, and says what became of it (G7). It does not reject. */
export async function sendCommand(
  commands: CommandWriter,
  user: UserId,
  frame: Send,
  eventBytesMax: number,
): Promise<Sent | SendRefused> {
  const { type, data, threadid } = frame.event;
  if (Buffer.byteLength(JSON.stringify(frame.event)) > eventBytesMax) return refused('event_too_big');
  const command: NewCommand = {
    id: frame.id,
    user,
    type,
    time: new Date().toISOString(),
    ...(data === undefined ? {} : { data }),
    ...(threadid === undefined ? {} : { threadid }),
  };
  try {
    const { position, duplicate } = await commands.send(command, {
      context: contextOf(frame.traceparent, ROOT_CONTEXT),
    });
    return { type: 'sent', id: frame.id, position, duplicate };
  } catch (error) {
    if (!(error instanceof BrokerError)) return refused('internal');
    if (error.code === 'too_big') return refused('event_too_big');
    return refused(error.retryable ? 'not_committed' : 'internal');
  }
}

function refused(code: ErrorCode): SendRefused {
  return { type: 'refused', code, message: ERROR_CODES[code].meaning };
}
