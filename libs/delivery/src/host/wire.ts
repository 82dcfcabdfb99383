import type { CloseReason, ErrorCode, GapReason, Position, UserId } from '@longspan/protocol';
import type { DeliveryWay, Entry } from '../entry.ts';

/** What a session tells its client, in whatever form the client reads. */
export interface Wire {
  /** Bytes that wait to leave the process for this client. */
  readonly waitingBytes: number;
  welcome(session: string, user: UserId, position: Position): void;
  entries(entries: readonly Entry[], how: DeliveryWay): void;
  gap(from: Position, to: Position, reason: GapReason): void;
  caughtUp(position: Position): void;
  error(code: ErrorCode, message: string, id?: string): void;
  ping(position: Position): void;
  drain(reconnectWithinMs: number): void;
  close(reason: CloseReason): void;
}
