import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** One answer of the model's endpoint. */
export type Answer =
  /** Streams pieces as server-sent events; `cut` ends the connection after them instead of the protocol's end. */
  | { readonly kind: 'stream'; readonly chunks: readonly object[]; readonly cut?: boolean }
  /** Streams pieces and then says nothing more until the client goes. */
  | { readonly kind: 'silence'; readonly chunks: readonly object[] }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> };

export interface AskedRequest {
  readonly authorization: string | undefined;
  readonly body: {
    readonly model: string;
    readonly stream: boolean;
    readonly messages: readonly { readonly role: string; readonly content: string | null }[];
    readonly tools?: readonly { readonly function: { readonly name: string; readonly parameters: object } }[];
  };
}

/** A small real server that speaks the streaming chat completions protocol, with answers given beforehand. */
export class ModelServer implements AsyncDisposable {
  readonly asked: AskedRequest[] = [];
  readonly #answers: Answer[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  static async start(): Promise<ModelServer> {
    const server = new ModelServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the server does not listen');
    return `http://127.0.0.1:${address.port}/v1`;
  }

  /** The next answers, in order. */
  will(...answers: readonly Answer[]): void {
    this.#answers.push(...answers);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    this.asked.push({ authorization: request.headers.authorization, body: JSON.parse(body) });
    const answer = this.#answers.shift();
    if (request.url !== '/v1/chat/completions' || answer === undefined) {
      response.writeHead(404).end();
      return;
    }
    if (answer.kind === 'status') {
      response.writeHead(answer.status, answer.headers).end('{"error":{"message":"told to"}}');
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const chunk of answer.chunks) {
      const bytes = Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`);
      // In two halves, so that letters and lines arrive in pieces.
      const middle = bytes.length >> 1;
      await write(response, bytes.subarray(0, middle));
      await write(response, bytes.subarray(middle));
    }
    if (answer.kind === 'silence') return;
    if (answer.cut) response.destroy();
    else response.end('data: [DONE]\n\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** An answer in words, piece by piece, with a usage. */
export function saying(...pieces: readonly string[]): Answer {
  return {
    kind: 'stream',
    chunks: [
      ...pieces.map((content) => ({ choices: [{ delta: { content } }] })),
      { choices: [{ delta: {}, finish_reason: 'stop' }] },
      { choices: [], usage: { prompt_tokens: 7, completion_tokens: pieces.length } },
    ],
  };
}

/** A call of a tool, its arguments in two pieces, as endpoints stream them. */
export function calling(name: string, input: unknown): Answer {
  const text = JSON.stringify(input);
  const delta = (part: object) => ({ choices: [{ delta: { tool_calls: [{ index: 0, ...part }] } }] });
  return {
    kind: 'stream',
    chunks: [
      delta({ id: 'call_1', type: 'function', function: { name, arguments: '' } }),
      delta({ function: { arguments: text.slice(0, 5) } }),
      delta({ function: { arguments: text.slice(5) } }),
      { choices: [{ delta: {}, finish_reason: 'tool_calls' }] },
    ],
  };
}

function write(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => response.write(bytes, () => resolve()));
}
