import type { EventLog, Polled, StatusBoard, StreamState } from '@longspan/broker';
import type { Moment, Operations } from '@longspan/protocol';
import { OperationsBoard } from './operations-board.ts';

const EVERY_MS = 1_000;
/** Five minutes of moments. */
const HISTORY_MAX = 300;
export const WATCHERS_MAX = 20;

/** Told once a second; text is made once for all watchers. */
export type Watcher = (text: string) => void;

export interface FeedParts {
  readonly ingress: string;
  readonly status: Pick<StatusBoard, 'watch'>;
  readonly log: Pick<EventLog, 'connected'>;
  readonly streams: Polled<readonly StreamState[]>;
}

/** Hears all services, reads how they are once a second, and hands that to whoever watches. Keeps five minutes. */
export class OperationsFeed implements Disposable {
  readonly #parts: FeedParts;
  readonly #board = new OperationsBoard();
  readonly #watchers = new Set<Watcher>();
  readonly #subscription: Disposable;
  readonly #timer: NodeJS.Timeout;
  #history: readonly Moment[] = [];

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#subscription = parts.status.watch((status) => this.#board.hear(status, Date.now()));
    this.#timer = setInterval(() => this.#tick(), EVERY_MS);
    this.#timer.unref();
  }

  /** The last minutes, the oldest moment first. */
  get history(): readonly Moment[] {
    return this.#history;
  }

  /** How the system is now. */
  read(): Operations {
    const { ingress, log, streams } = this.#parts;
    return this.#board.read(Date.now(), { ingress, connected: log.connected, streams: streams.latest });
  }

  /** Calls `watcher` once a second, until disposed; undefined where there are as many as there may be. */
  watch(watcher: Watcher): Disposable | undefined {
    if (this.#watchers.size >= WATCHERS_MAX) return undefined;
    this.#watchers.add(watcher);
    return { [Symbol.dispose]: () => void this.#watchers.delete(watcher) };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#subscription[Symbol.dispose]();
    this.#watchers.clear();
  }

  #tick(): void {
    const operations = this.read();
    // Whoever hears nothing knows nothing of this moment.
    if (operations.connected) this.#history = [...this.#history.slice(1 - HISTORY_MAX), operations.totals];
    if (this.#watchers.size === 0) return;
    const text = JSON.stringify(operations);
    for (const watcher of this.#watchers) watcher(text);
  }
}
