import { AgentError, type Completion, type Run } from '@longspan/agent';
import { chatText } from '../chat-text.ts';
import { ToolError } from '../tools/tool.ts';
import type { Toolbox } from '../tools/toolbox.ts';
import type { ChatMessage, ToolCall } from './chat-message.ts';
import { requestTurn, SILENCE_MS, type Endpoint, type ModelTurn } from './completion-request.ts';

/** How often a model may call tools before it has to answer. */
const TOOL_ROUNDS_MAX = 8;

const INSTRUCTIONS =
  'You answer questions in a chat. Use the tools for arithmetic, for dates and times of day, and for counting text: ' +
  'they are exact. Say what you found in plain words.';

/**
 * Answers with the help of a language model behind any endpoint that speaks the OpenAI chat completions protocol
 * (`POST /chat/completions`, streamed). The conversation so far comes from the user's own event stream.
 */
export function openaiRuntime(endpoint: Endpoint, tools: Toolbox, silenceMs = SILENCE_MS) {
  return async (run: Run): Promise<Completion> => {
    const text = chatText(run.command);
    const messages: ChatMessage[] = [
      { role: 'system', content: INSTRUCTIONS },
      ...(await run.thread()).map((turn): ChatMessage => ({
        role: turn.role === 'user' ? 'user' : 'assistant',
        content: turn.text,
      })),
      { role: 'user', content: text },
    ];
    await run.think(`Asking ${endpoint.model}.`);
    let said = '';
    const usage: Record<string, number> = {};
    for (let round = 0; ; round++) {
      // In the last round it gets no tools, and so has to answer.
      const offered = round < TOOL_ROUNDS_MAX ? [...tools.values()] : [];
      const turn = await requestTurn(endpoint, messages, offered, {
        signal: run.signal,
        silenceMs,
        onText: (piece) => run.output(piece),
      });
      said += turn.text;
      for (const [name, count] of Object.entries(turn.usage)) usage[name] = (usage[name] ?? 0) + count;
      if (turn.toolCalls.length === 0) return { text: answerOf(said), usage };
      if (round >= TOOL_ROUNDS_MAX)
        throw new AgentError('model_refused', 'The language model gave no answer.');
      messages.push(assistantMessage(turn));
      for (const call of turn.toolCalls) messages.push(await toolMessage(run, tools, call));
    }
  };
}

function answerOf(said: string): string {
  if (said.trim() !== '') return said;
  throw new AgentError('model_interrupted', 'The language model gave an empty answer.', { retryable: true });
}

function assistantMessage(turn: ModelTurn): ChatMessage {
  return { role: 'assistant', content: turn.text === '' ? null : turn.text, tool_calls: turn.toolCalls };
}

/** A tool that fails, or that there is none of, is the model's to deal with. */
async function toolMessage(run: Run, tools: Toolbox, call: ToolCall): Promise<ChatMessage> {
  const { name } = call.function;
  const input = argumentsOf(call);
  try {
    const output = await run.tool(name, input, () => {
      const tool = tools.get(name);
      if (tool === undefined) throw new ToolError(`there is no tool called ${name}`);
      return tool.run(input);
    });
    return { role: 'tool', tool_call_id: call.id, content: JSON.stringify(output) };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return { role: 'tool', tool_call_id: call.id, content: JSON.stringify({ error: error.message }) };
  }
}

function argumentsOf(call: ToolCall): unknown {
  try {
    return JSON.parse(call.function.arguments);
  } catch {
    return call.function.arguments;
  }
}
