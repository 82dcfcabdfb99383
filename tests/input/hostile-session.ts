import { once } from 'node:events';
import { ERROR_CODES } from '@longspan/protocol';
import { WebSocket } from 'ws';

const ANSWER_WITHIN_MS = 20_000;
const MARKER = '{"type":"send","id":"the-marker","event":{"type":""}}';

/** What became of hostile frames: the connection was closed, or stands and has answered. */
export type Outcome =
  | { readonly kind: 'closed'; readonly code: number }
  | { readonly kind: 'open'; readonly answers: readonly Answer[] };

interface Answer {
  readonly type: string;
  readonly code?: unknown;
  readonly id?: unknown;
}

/** A connection of somebody who has a good token, or not, and sends what he likes. */
export class HostileSession implements Disposable {
  readonly #socket: WebSocket;
  readonly #answers: Answer[] = [];
  #wake = Promise.withResolvers<void>();
  #closed: number | undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => {
      const answer: Answer = JSON.parse(data.toString('utf8'));
      this.#answers.push(answer);
      this.#notify();
    });
    socket.on('close', (code: number) => {
      this.#closed = code;
      this.#notify();
    });
    socket.on('error', () => undefined);
  }

  /** Opens a connection; with a token it is attached, and so is `this` when it resolves. */
  static async open(endpoint: string, token?: string): Promise<HostileSession> {
    const socket = new WebSocket(endpoint, 'longspan.v1');
    const session = new HostileSession(socket);
    await once(socket, 'open');
    if (token !== undefined) {
      socket.send(JSON.stringify({ type: 'connect', token }));
      await session.#until('caught_up');
    }
    return session;
  }

  get closed(): boolean {
    return this.#closed !== undefined || this.#socket.readyState !== WebSocket.OPEN;
  }

  /** Sends one frame, as text or as a binary one, without waiting for anything. */
  send(payload: string | Uint8Array, binary = false): void {
    this.#socket.send(payload, { binary });
  }

  /** Resolves when the edge has dealt with all that was sent: it answers a last frame, or closes. */
  async settled(): Promise<Outcome> {
    this.#socket.send(MARKER, () => undefined);
    await this.#until('error', 'the-marker');
    if (this.#closed !== undefined) return { kind: 'closed', code: this.#closed };
    return { kind: 'open', answers: this.#answers.splice(0) };
  }

  [Symbol.dispose](): void {
    this.#socket.terminate();
  }

  /** Resolves when an answer of this type and id is there, or the connection is closed. */
  async #until(type: string, id?: string): Promise<void> {
    const deadline = performance.now() + ANSWER_WITHIN_MS;
    while (
      this.#closed === undefined &&
      !this.#answers.some((answer) => answer.type === type && (id === undefined || answer.id === id))
    ) {
      const late = setTimeout(this.#notify, ANSWER_WITHIN_MS);
      await this.#wake.promise;
      clearTimeout(late);
      if (performance.now() > deadline) throw new Error('the edge neither answers nor closes');
    }
  }

  readonly #notify = (): void => {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  };
}

/** Whether an answer is one that PROTOCOL.md has. */
export function isDocumented(answer: Answer): boolean {
  if (answer.type === 'error') return typeof answer.code === 'string' && answer.code in ERROR_CODES;
  return ['welcome', 'caught_up', 'ping', 'sent'].includes(answer.type);
}
