import type { Connection } from './connection.ts';

/**
 * Closes a connection when its token has expired, by the wall clock; the moment can be moved. A timer is set only once the
 * moment is near: sessions are many, their tokens mostly live long, and a wall clock may be set meanwhile.
 */
export class ExpiryTimer {
  readonly #connection: Pick<Connection, 'close'>;
  readonly #heartbeatMs: number;
  #atMs = Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: Pick<Connection, 'close'>, heartbeatMs: number) {
    this.#connection = connection;
    this.#heartbeatMs = heartbeatMs;
  }

  set(atMs: number): void {
    this.clear();
    this.#atMs = atMs;
    this.beat();
  }

  /** Once every heartbeat. */
  beat(): void {
    const waitMs = this.#atMs - Date.now();
    // A beat may be late: the moment is near before it could be missed.
    if (this.#timer !== undefined || waitMs > 2 * this.#heartbeatMs) return;
    this.#timer = setTimeout(() => this.#connection.close('token_expired'), Math.max(0, waitMs));
  }

  clear(): void {
    this.#atMs = Infinity;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
