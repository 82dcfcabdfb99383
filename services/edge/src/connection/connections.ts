import type { Connection } from './connection.ts';

/** Slots that a heartbeat is divided into, so that pings are spread over time. */
const SLOTS = 20;

/** All connections of the process, and one coarse timer for all their heartbeats. */
export class Connections implements Disposable {
  readonly #slots: readonly Set<Connection>[] = Array.from({ length: SLOTS }, () => new Set<Connection>());
  readonly #slotOf = new Map<Connection, Set<Connection>>();
  readonly #timer: NodeJS.Timeout;
  #beats = 0;

  constructor(heartbeatMs: number) {
    this.#timer = setInterval(() => this.#beat(), heartbeatMs / SLOTS);
    this.#timer.unref();
  }

  get size(): number {
    return this.#slotOf.size;
  }

  all(): readonly Connection[] {
    return [...this.#slotOf.keys()];
  }

  add(connection: Connection): void {
    // The slot that was served just now: the first ping comes one heartbeat from now.
    const slot = this.#slots[this.#beats % SLOTS] ?? new Set<Connection>();
    slot.add(connection);
    this.#slotOf.set(connection, slot);
  }

  remove(connection: Connection): void {
    this.#slotOf.get(connection)?.delete(connection);
    this.#slotOf.delete(connection);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    this.#beats++;
    for (const connection of this.#slots[this.#beats % SLOTS] ?? []) connection.beat();
  }
}
