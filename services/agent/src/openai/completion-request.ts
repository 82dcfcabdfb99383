import { AgentError } from '@longspan/agent';
import type { Tool } from '../tools/tool.ts';
import type { ChatMessage, ToolCall } from './chat-message.ts';
import { chunkSchema, type Chunk } from './chunk.ts';
import { sseData } from './sse.ts';

/** A model that sends nothing for this long, in milliseconds, is taken for gone. */
export const SILENCE_MS = 60_000;
/** The longest wait that a server's Retry-After is followed for, in milliseconds. */
const RETRY_AFTER_MAX_MS = 120_000;

export interface Endpoint {
  /** Such as `https://api.example.com/v1`; `/chat/completions` is appended. */
  readonly url: string;
  readonly key: string | undefined;
  readonly model: string;
}

/** What a model said in one turn. */
export interface ModelTurn {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly usage: Readonly<Record<string, number>>;
}

/**
 * Asks the model for its next turn and hands on its text as it comes. Rejects with an `AgentError`: retryable if
 * asking again may help (`model_busy`, `model_unavailable`, `model_interrupted`), else `model_refused`.
 */
export async function requestTurn(
  endpoint: Endpoint,
  messages: readonly ChatMessage[],
  tools: readonly Tool[],
  call: {
    readonly signal: AbortSignal;
    readonly onText: (text: string) => Promise<void>;
    readonly silenceMs: number;
  },
): Promise<ModelTurn> {
  const silence = new Silence(call.silenceMs);
  try {
    const signal = AbortSignal.any([call.signal, silence.signal]);
    const response = await fetch(`${endpoint.url.replace(/\/+$/, '')}/chat/completions`, {
      method: 'POST',
      signal,
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...(endpoint.key === undefined ? {} : { authorization: `Bearer ${endpoint.key}` }),
      },
      body: JSON.stringify({
        model: endpoint.model,
        messages,
        stream: true,
        stream_options: { include_usage: true },
        ...(tools.length === 0 ? {} : { tools: tools.map(toolDefinition) }),
      }),
    });
    if (!response.ok || response.body === null) throw await refusal(response);
    return await readTurn(response.body, silence, call.onText);
  } catch (error) {
    call.signal.throwIfAborted();
    if (error instanceof AgentError) throw error;
    throw new AgentError('model_unavailable', 'The language model cannot be reached.', {
      retryable: true,
      cause: error,
    });
  } finally {
    silence[Symbol.dispose]();
  }
}

async function readTurn(
  body: AsyncIterable<Uint8Array>,
  silence: Silence,
  onText: (text: string) => Promise<void>,
): Promise<ModelTurn> {
  const turn = new TurnBuilder();
  for await (const data of sseData(body)) {
    silence.restart();
    if (data === '[DONE]') return turn.result();
    const text = turn.add(chunkOf(data));
    if (text !== '') await onText(text);
  }
  // Some servers end without [DONE], after the finish reason; without either the answer is cut short.
  if (turn.finished) return turn.result();
  throw new AgentError('model_interrupted', 'The language model stopped in mid-answer.', { retryable: true });
}

function chunkOf(data: string): Chunk {
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch (cause) {
    throw new AgentError('model_interrupted', 'The language model sent something unreadable.', {
      retryable: true,
      cause,
    });
  }
  const chunk = chunkSchema.safeParse(json);
  if (chunk.success && !chunk.data.error) return chunk.data;
  throw new AgentError('model_interrupted', 'The language model reported an error.', { retryable: true });
}

/** Puts a turn together from its pieces; tool calls come in pieces too, told apart by their index. */
class TurnBuilder {
  finished = false;
  #text = '';
  #usage: Readonly<Record<string, number>> = {};
  readonly #calls = new Map<number, { id: string; name: string; arguments: string }>();

  /** Returns the text in this piece. */
  add(chunk: Chunk): string {
    if (chunk.usage) {
      this.#usage = {
        inputTokens: chunk.usage.prompt_tokens ?? 0,
        outputTokens: chunk.usage.completion_tokens ?? 0,
      };
    }
    const choice = chunk.choices[0];
    if (choice?.finish_reason) this.finished = true;
    for (const delta of choice?.delta?.tool_calls ?? []) {
      const call = this.#calls.get(delta.index) ?? { id: `call_${delta.index}`, name: '', arguments: '' };
      if (delta.id) call.id = delta.id;
      call.name += delta.function?.name ?? '';
      call.arguments += delta.function?.arguments ?? '';
      this.#calls.set(delta.index, call);
    }
    const text = choice?.delta?.content ?? '';
    this.#text += text;
    return text;
  }

  result(): ModelTurn {
    const toolCalls = [...this.#calls.entries()]
      .toSorted(([a], [b]) => a - b)
      .map(([, call]): ToolCall => ({
        id: call.id,
        type: 'function',
        function: { name: call.name, arguments: call.arguments },
      }));
    return { text: this.#text, toolCalls, usage: this.#usage };
  }
}

/** Aborts when nothing has been heard for a while. */
class Silence implements Disposable {
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(silenceMs: number) {
    this.#timer = setTimeout(() => this.#abort.abort(), silenceMs);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  restart(): void {
    this.#timer.refresh();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

async function refusal(response: Response): Promise<AgentError> {
  // The body may quote the prompt or the key: it is read, so that the connection can be used again, and not told.
  await response.body?.cancel();
  const cause = new Error(`the endpoint answered ${response.status}`);
  if (response.status === 429 || response.status === 503) {
    const retryAfterMs = retryAfter(response.headers.get('retry-after'));
    return new AgentError('model_busy', 'The language model is busy.', {
      retryable: true,
      cause,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  const retryable = response.status >= 500 || response.status === 408;
  return retryable
    ? new AgentError('model_unavailable', 'The language model has a fault.', { retryable, cause })
    : new AgentError('model_refused', `The language model refused the request (${response.status}).`, {
        cause,
      });
}

/** Milliseconds from `Retry-After: 5` or its date form. */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
  const ms = /^[0-9]+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(RETRY_AFTER_MAX_MS, Math.max(0, ms));
}

function toolDefinition(tool: Tool) {
  return {
    type: 'function',
    function: { name: tool.name, description: tool.description, parameters: tool.parameters },
  };
}
