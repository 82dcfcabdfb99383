import type { SessionHost } from '@longspan/delivery';
import type { CloseReason } from '@longspan/protocol';
import type { Transport } from '../metrics/session-metrics.ts';

export interface Standing {
  readonly state: SessionHost['kind'];
  /** Bytes that wait to leave the process. */
  readonly outboxBytes: number;
}

/** A client's connection, as the process sees it: something that is kept alive, sent away and closed. */
export interface Connection {
  readonly id: string;
  readonly transport: Transport;
  /** How its session is now; undefined if it has none. */
  readonly standing: Standing | undefined;
  /** Once every heartbeat. */
  beat(): void;
  /** Asks the client to come back elsewhere. */
  drain(reconnectWithinMs: number): void;
  close(reason: CloseReason): void;
  /** Ends the connection without a word, for a client that does not answer a close. */
  terminate(): void;
}
