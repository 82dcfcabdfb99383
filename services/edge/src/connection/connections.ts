import type { Connection } from './connection.ts';

/** Slots that a heartbeat is divided into, so that pings are spread over time. */
const SLOTS = 20;

/** All connections of the process, and one coarse timer for all their heartbeats. */
export class Connections implements Disposable {
  readonly #slots: readonly Set<Connection>[] = Array.from({ length: SLOTS }, () => new Set<Connection>());
  readonly #placed = new Map<string, { readonly connection: Connection; readonly slot: Set<Connection> }>();
  readonly #timer: NodeJS.Timeout;
  #beats = 0;

  constructor(heartbeatMs: number) {
    this.#timer = setInterval(() => this.#beat(), heartbeatMs / SLOTS);
    this.#timer.unref();
  }

  get size(): number {
    return this.#placed.size;
  }

  all(): readonly Connection[] {
    return [...this.#placed.values()].map(({ connection }) => connection);
  }

  find(id: string): Connection | undefined {
    return this.#placed.get(id)?.connection;
  }

  add(connection: Connection): void {
    // The slot that was served just now: the first ping comes one heartbeat from now.
    const slot = this.#slots[this.#beats % SLOTS] ?? new Set<Connection>();
    slot.add(connection);
    this.#placed.set(connection.id, { connection, slot });
  }

  remove(connection: Connection): void {
    this.#placed.get(connection.id)?.slot.delete(connection);
    this.#placed.delete(connection.id);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    this.#beats++;
    for (const connection of this.#slots[this.#beats % SLOTS] ?? []) connection.beat();
  }
}
