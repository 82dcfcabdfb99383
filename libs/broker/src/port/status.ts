import type { ServiceStatus } from '@longspan/protocol';

/** What services tell of themselves, to whoever watches now; nothing is kept. */
export interface StatusBoard {
  /** Sends it off. Without a connection, or for want of watchers, it is lost. */
  tell(status: ServiceStatus): void;
  /** Calls `onStatus` with whatever is told from now on, until disposed. */
  watch(onStatus: (status: ServiceStatus) => void): Disposable;
}
