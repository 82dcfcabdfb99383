import type { Connection } from './connection.ts';

/** Node's longest timer; a later moment is waited for in stretches. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Closes a connection when its token has expired; the moment, of the wall clock, can be moved. */
export class ExpiryTimer {
  readonly #connection: Pick<Connection, 'close'>;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: Pick<Connection, 'close'>) {
    this.#connection = connection;
  }

  set(atMs: number): void {
    this.clear();
    const waitMs = Math.max(0, atMs - Date.now());
    this.#timer = setTimeout(
      () => (waitMs > TIMER_MS_MAX ? this.set(atMs) : this.#connection.close('token_expired')),
      Math.min(waitMs, TIMER_MS_MAX),
    );
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
