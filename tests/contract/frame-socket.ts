import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';

type Frame = Readonly<Record<string, unknown>> & { readonly type: string };

/** A WebSocket driven by hand, one frame at a time; everything it is told is kept. */
export class FrameSocket implements AsyncDisposable {
  readonly frames: Frame[] = [];
  readonly #byType = new Map<string, Frame[]>();
  readonly #socket: WebSocket;
  readonly #closed: Promise<number>;
  #wake = Promise.withResolvers<void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.#closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as Frame;
      this.frames.push(frame);
      this.#byType.set(frame.type, this.#byType.get(frame.type) ?? []);
      this.#byType.get(frame.type)?.push(frame);
      this.#wake.resolve();
      this.#wake = Promise.withResolvers();
    });
    socket.on('close', () => this.#wake.resolve());
    socket.on('error', () => undefined);
  }

  static async open(endpoint: string, options: ClientOptions = {}): Promise<FrameSocket> {
    const socket = new WebSocket(endpoint, 'longspan.v1', options);
    const frames = new FrameSocket(socket);
    await once(socket, 'open');
    return frames;
  }

  /** Opens, sends a connect frame and resolves at `caught_up`. */
  static async connected(endpoint: string, connect: object): Promise<FrameSocket> {
    const socket = await FrameSocket.open(endpoint);
    socket.send({ type: 'connect', ...connect });
    await socket.next('caught_up');
    return socket;
  }

  send(frame: object | string): void {
    this.#socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#socket.send(bytes, { binary: true });
  }

  /** What has been sent here and has not left this process. */
  get unsentBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Takes no bytes from the socket until `resume`. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** The first frame of a type, or the `n`th: there already, or awaited. Rejects if the socket closes before. */
  async next(type: string, n = 1): Promise<Frame> {
    for (;;) {
      const found = this.of(type)[n - 1];
      if (found !== undefined) return found;
      if (this.#socket.readyState >= WebSocket.CLOSING) throw new Error(`closed before ${type}`);
      await this.#wake.promise;
    }
  }

  of(type: string): readonly Frame[] {
    return this.#byType.get(type) ?? [];
  }

  /** Resolves to the code with which the edge closes it. */
  get closed(): Promise<number> {
    return this.#closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.terminate();
  }
}

/** Resolves to the HTTP status with which an upgrade is refused. */
export async function refusedStatus(
  endpoint: string,
  protocols: string[],
  options: ClientOptions = {},
): Promise<number | undefined> {
  const socket = new WebSocket(endpoint, protocols, options);
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode?: number }];
  socket.terminate();
  return response.statusCode;
}
