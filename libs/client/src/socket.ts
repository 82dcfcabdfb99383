/** What is read of a socket's events: `data` of a message, `code` of a close. */
export interface SocketEvent {
  readonly type: string;
  readonly data?: unknown;
  readonly code?: number;
}

/** What the client needs of a WebSocket: browsers', Node's and the `ws` package's all fit. */
export interface Socket {
  addEventListener(type: string, listener: (event: SocketEvent) => void): void;
  removeEventListener(type: string, listener: (event: SocketEvent) => void): void;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

export type SocketConstructor = new (url: string, protocol: string) => Socket;

/** What a socket tells its owner. After `closed`, and after being dropped, it says nothing more. */
export interface SocketOwner {
  readonly opened: () => void;
  readonly message: (data: unknown) => void;
  readonly closed: (code: number) => void;
}

/** What a WebSocket reports when there was no close frame (RFC 6455, 7.1.5). */
const CODE_UNKNOWN = 1006;

/** A socket with its owner. */
export interface Attached {
  send(text: string): void;
  /**
   * Is done with the socket. `cut` goes without a close handshake where the runtime can (`ws` has `terminate`);
   * browsers cannot, there the close frame is sent and its answer ignored.
   */
  drop(how: 'close' | 'cut'): void;
}

/** The WebSocket address of an edge: `http://host:8081` and `wss://host/base/` are both understood. */
export function socketUrl(base: string): string {
  const url = new URL(base);
  const path = url.pathname.replace(/\/+$/, '');
  url.protocol = url.protocol === 'https:' || url.protocol === 'wss:' ? 'wss:' : 'ws:';
  return new URL(`${path}/v1/ws`, url).href;
}

/** Listens to a new socket for its owner. */
export function attach(socket: Socket, owner: SocketOwner): Attached {
  const message = (event: SocketEvent) => owner.message(event.data);
  const closed = (event: SocketEvent) => {
    detach();
    owner.closed(event.code ?? CODE_UNKNOWN);
  };
  const detach = () => {
    socket.removeEventListener('open', owner.opened);
    socket.removeEventListener('message', message);
    socket.removeEventListener('close', closed);
  };
  socket.addEventListener('open', owner.opened);
  socket.addEventListener('message', message);
  socket.addEventListener('close', closed);
  // A `close` follows every `error` and says more; but some runtimes insist that someone hears the error.
  socket.addEventListener('error', () => undefined);
  return {
    send: (text) => socket.send(text),
    drop: (how) => {
      detach();
      if (how === 'cut' && 'terminate' in socket && typeof socket.terminate === 'function')
        socket.terminate();
      else socket.close(1000);
    },
  };
}
