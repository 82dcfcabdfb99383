import type { Command } from '@longspan/broker';
import { AgentError } from '@longspan/agent';

/** The command that asks the agent: `{ text }`. */
export const CHAT_COMMAND = 'chat_message';
/** The longest message, in UTF-16 units. */
const CHAT_CHARS_MAX = 100_000;

/** What the person said. @throws AgentError `bad_message` if there is no text, or too much. */
export function chatText(command: Command): string {
  const data = command.data;
  const text: unknown = typeof data === 'object' && data !== null && 'text' in data ? data.text : undefined;
  if (typeof text !== 'string' || text.trim() === '') {
    throw new AgentError('bad_message', 'A chat message needs a text.');
  }
  if (text.length > CHAT_CHARS_MAX) {
    throw new AgentError('bad_message', `A chat message has up to ${CHAT_CHARS_MAX} characters.`);
  }
  return text;
}
