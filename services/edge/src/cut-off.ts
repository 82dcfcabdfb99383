import type { EventLog } from '@longspan/broker';

/** Longer than NATS' own client needs to find another server of a cluster, in milliseconds. */
const CUT_OFF_AFTER_MS = 5_000;

/**
 * Calls `onCutOff` each time that this process has been without the log for a while: other edges may well have it, and sessions
 * that stay here hear nothing new.
 */
export class CutOffWatch implements Disposable {
  readonly #notices: Disposable;
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Pick<EventLog, 'notices'>, onCutOff: () => void) {
    this.#notices = log.notices(({ type }) => {
      if (type === 'connected') this.#stop();
      if (type === 'disconnected') this.#timer ??= setTimeout(onCutOff, CUT_OFF_AFTER_MS);
    });
  }

  [Symbol.dispose](): void {
    this.#notices[Symbol.dispose]();
    this.#stop();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
