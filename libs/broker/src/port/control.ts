import type { UserId } from '@longspan/protocol';

/** Orders to all edges; they reach the edges that are connected now, and nobody else needs them. */
export interface Control {
  /** Asks every edge to end the user's sessions. Resolves when the order has left. */
  endSessions(user: UserId): Promise<void>;
  onEndSessions(handler: (user: UserId) => void): Disposable;
}
