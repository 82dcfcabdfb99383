import type { CloseReason } from '@longspan/protocol';

/** A client's connection, as the process sees it: something that is kept alive, sent away and closed. */
export interface Connection {
  readonly id: string;
  /** Once every heartbeat. */
  beat(): void;
  /** Asks the client to come back elsewhere. */
  drain(reconnectWithinMs: number): void;
  close(reason: CloseReason): void;
  /** Ends the connection without a word, for a client that does not answer a close. */
  terminate(): void;
}
