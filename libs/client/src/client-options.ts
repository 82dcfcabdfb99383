import type { Backoff } from './backoff.ts';
import type { PositionStore } from './position-store.ts';
import type { SocketConstructor } from './socket.ts';
import type { TokenOption } from './token-source.ts';

export interface ClientOptions {
  /** Edges, or a balancer before them: `http`, `https`, `ws` or `wss`. Tried in turn; the next one after a failure. */
  readonly urls: readonly string[];
  /** Which of the urls is tried first: its index; by default a random one. */
  readonly startAt?: number;
  /** A JWT, or where to get one; asked again when the edge refuses the last one or when it is about to expire. */
  readonly token: TokenOption;
  /** Where to begin when the store has no position: `latest` (default), `earliest`, or after a position. */
  readonly from?: 'latest' | 'earliest' | (string & {});
  /** Where the position is kept: in browsers by default in localStorage, elsewhere in memory. */
  readonly store?: PositionStore;
  /**
   * Reports to the edge when the application has had an event whose trace is kept (`event.traceparent`), so that the
   * trace ends here and not at the edge's socket. False by default.
   */
  readonly reportReceived?: boolean;
  /** Names the application in the edge's logs; 64 characters at most. */
  readonly name?: string;
  readonly backoff?: Partial<Backoff>;
  /** Numbers in [0, 1); `Math.random` by default. */
  readonly random?: () => number;
  /** The runtime's own by default. */
  readonly WebSocket?: SocketConstructor;
}
